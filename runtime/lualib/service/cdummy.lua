-- cdummy stands for the service that knows the other nodes of a network, for
-- bootstrap scripts that launch one. This node has no others beside it: a global
-- name is known here or not at all, and there is nobody to link with.
local skynet = require "skynet"
local harbor = require "skynet.harbor"
require "skynet.manager"

local command = { LINK = function() end, LINKMASTER = function() end, CONNECT = harbor.connect }

function command.REGISTER(name, handle) skynet.name(name, handle) end
function command.QUERYNAME(name) return harbor.queryname(name) end

skynet.dispatch("lua", function(session, _, name, ...)
	local fn = assert(command[name], "no such command")
	if session ~= 0 then
		skynet.retpack(fn(...))
	else
		fn(...)
	end
end)

skynet.start(function() end)
