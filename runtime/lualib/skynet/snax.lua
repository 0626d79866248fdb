-- skynet.snax launches services that are written as a set of functions, and calls
-- these: obj.req.name(...) waits for an answer, obj.post.name(...) doesn't.
local skynet = require "skynet"
local lfs = require "lfs"
local load_interface = require "snax.interface"

local snax = {}

skynet.register_protocol { name = "snax", id = skynet.PTYPE_SNAX, pack = skynet.pack, unpack = skynet.unpack }

-- read_file loads a script whose methods are asked for, not run: a save of it concerns
-- the service alone.
local function read_file(path, name, G)
	local tried = {}
	for template in path:gmatch "[^;]+" do
		local file = template:gsub("?", name)
		local kind = lfs.attributes(file, "mode")
		if kind and kind ~= "file" then
			error("cannot read " .. file .. ": not a regular file; copy what it gives into one", 0)
		end
		local handle = io.open(file, "rb")
		if handle then
			local text = handle:read "a"
			handle:close()
			return assert(load(text, "@" .. file, "bt", G)), template
		end
		tried[#tried + 1] = "cannot open " .. file
	end
	error(table.concat(tried, "\n"), 0)
end

-- anything stands for the modules that a script requires while its methods are asked
-- for: it has all fields, and can be called.
local anything = {}
local function itself() return anything end
setmetatable(anything, { __index = itself, __call = itself, __newindex = function() end })

-- globals are those that a script finds while its methods are asked for.
local function globals()
	local module = skynet.getenv "snax_interface_g"
	return module and require(module) or { require = itself }
end

local interfaces = {}

local function read_interface(name)
	local interface = { name = name, accept = {}, response = {}, system = {} }
	for _, method in ipairs((load_interface(name, globals(), read_file))) do
		local number, group, word = table.unpack(method)
		-- By name: numbers change when a method is added before them.
		interface[group][word] = group == "system" and number or group .. "." .. word
	end
	interfaces[name] = interface
	return interface
end

-- interface(name) tells the methods of a service: by group and name, what to send it.
function snax.interface(name)
	return interfaces[name] or read_interface(name)
end

-- method is what to send for a method, also for one that is newer than the interface.
local function method(name, group, word)
	return snax.interface(name)[group][word] or read_interface(name)[group][word]
end

local function caller(handle, name, group, what, fn)
	return setmetatable({}, { __index = function(_, word)
		local id = method(name, group, word) or error(string.format("%s %s:%s no exist", what, name, word), 2)
		return function(...)
			return fn(handle, "snax", id, ...)
		end
	end })
end

local object = { __tostring = function(o) return string.format("[%s:%x]", o.type, o.handle) end }
local objects = setmetatable({}, { __mode = "v" })

-- bind(handle, name) is the object of a service that runs already.
function snax.bind(handle, name)
	local known = objects[handle]
	if known then
		assert(known.type == name)
		return known
	end
	snax.interface(name)
	local o = setmetatable({
		type = name, handle = handle,
		post = caller(handle, name, "accept", "post", function(...) skynet.send(...) end),
		req = caller(handle, name, "response", "request", skynet.call),
	}, object)
	objects[handle] = o
	return o
end

-- rawnewservice(name, ...) launches a service, has its init called, and returns its
-- address.
function snax.rawnewservice(name, ...)
	local system = snax.interface(name).system
	local handle = skynet.newservice("snaxd", name)
	skynet.call(handle, "snax", system.init, ...)
	return handle
end

function snax.newservice(name, ...)
	return snax.bind(snax.rawnewservice(name, ...), name)
end

local function unique(command)
	return function(name, ...)
		return snax.bind(assert(skynet.call(".service", "lua", command, "snaxd", name, ...)), name)
	end
end

snax.uniqueservice = unique "LAUNCH"
snax.globalservice = unique "GLAUNCH"
snax.queryservice = unique "QUERY"
snax.queryglobal = unique "GQUERY"

function snax.kill(obj, ...)
	skynet.call(obj.handle, "snax", snax.interface(obj.type).system.exit, ...)
end

function snax.self()
	return snax.bind(skynet.self(), SERVICE_NAME)
end

function snax.exit(...)
	snax.kill(snax.self(), ...)
end

-- hotfix(obj, source, ...) replaces the methods that source defines, and returns what
-- its function hotfix(...) does.
function snax.hotfix(obj, source, ...)
	local results = table.pack(skynet.call(obj.handle, "snax", snax.interface(obj.type).system.hotfix, source, ...))
	if not results[1] then
		error(results[2])
	end
	return table.unpack(results, 2, results.n)
end

function snax.printf(format, ...)
	skynet.error(string.format(format, ...))
end

function snax.profile_info(obj)
	return skynet.call(obj.handle, "snax", snax.interface(obj.type).system.profile)
end

return snax
