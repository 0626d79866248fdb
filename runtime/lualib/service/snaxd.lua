-- snaxd is a snax service: it runs the script that its argument names, and calls the
-- methods that it defines.
local skynet = require "skynet"
local load_interface = require "snax.interface"
local profile = require "skynet.profile"
local reload = require "reload"
local snax = require "skynet.snax"
local arguments = require "snax.arguments"

local name = tostring((...))
local loader = skynet.getenv "snax_loader"
local methods, template = load_interface(name, _ENV, loader and assert(dofile(loader)))

SERVICE_NAME = name
SERVICE_PATH = template:match "^[^?]*" .. name .. "/"
package.path = SERVICE_PATH .. "?.lua;" .. package.path

local by_name = {}
for _, method in ipairs(methods) do
	by_name[method[2] .. "." .. method[3]] = method
end

local spent = reload.keep("snax profile", {}) -- for how long each method ran, and how often

-- timed calls a method and notes how long it took.
local function timed(method, fn, ...)
	profile.start()
	local ok, why = xpcall(fn, debug.traceback, ...)
	local time = profile.stop()
	local entry = spent[method[3]] or { count = 0, time = 0 }
	spent[method[3]] = entry
	entry.count, entry.time = entry.count + 1, entry.time + time
	if not ok then
		error(why, 0)
	end
end

local ready = false

local function initialise(...)
	assert(not ready, "Already init")
	local init = methods[1][4]
	if init then init(...) end
	skynet.info_func(function() return spent end)
	ready = true
end

local system = {}

function system.init(_, ...)
	initialise(...)
	arguments.set(...)
	skynet.ret()
end

function system.exit(exit, ...)
	assert(ready, "Never init")
	if exit then exit(...) end
	skynet.ret()
	ready = false
	skynet.exit()
end

function system.hotfix(_, ...)
	skynet.retpack(require "snax.hotfix"(methods, ...))
end

function system.profile()
	skynet.retpack(spent)
end

local function dispatch(_, _, id, ...)
	local method = methods[id] or by_name[id] or error("snax: no such method: " .. tostring(id), 0)
	local group, fn = method[2], method[4]
	if group == "system" then
		return system[method[3]](fn, ...)
	end
	assert(ready, "Init first")
	if group == "accept" then
		return timed(method, fn, ...)
	end
	timed(method, function(...) skynet.retpack(fn(...)) end, ...)
end

-- enablecluster has the methods be called by lua messages as well, as from a cluster.
function snax.enablecluster()
	skynet.dispatch("lua", dispatch)
end

skynet.start(function()
	skynet.dispatch("snax", dispatch)
	-- New code of a service that was initialised is initialised with the same.
	local initialised = table.pack(arguments.get())
	if initialised[1] then
		ready = false -- it may have been taken over
		initialise(table.unpack(initialised, 2, initialised.n))
	end
end)
