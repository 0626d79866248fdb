-- skynet.datacenter is a tree of values that all services of the node share. It is
-- kept by the service datacenterd, which the node launches when it is first asked.
local skynet = require "skynet"

local datacenter = {}

-- get(key, ...) is the value at a path, nil if there is none.
function datacenter.get(...)
	return skynet.call("DATACENTER", "lua", "QUERY", ...)
end

-- set(key, ..., value) puts a value at a path and returns the one before.
function datacenter.set(...)
	return skynet.call("DATACENTER", "lua", "UPDATE", ...)
end

-- wait(key, ...) is get, once there is a value.
function datacenter.wait(...)
	return skynet.call("DATACENTER", "lua", "WAIT", ...)
end

return datacenter
