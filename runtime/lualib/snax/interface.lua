-- snax.interface(name, G, loader) runs the script of a snax service in the globals G
-- and returns what it defines: a list of { number, group, name, function }, and the
-- template of the path by which it was found. The first four are of the group system.
local skynet = require "skynet"

local system = { "init", "exit", "hotfix", "profile" }

-- load_file is the loader where none is given.
local function load_file(path, name, G)
	local failures = {}
	for template in path:gmatch "[^;]+" do
		local chunk, why = loadfile((template:gsub("?", name)), "bt", G)
		if chunk then
			return chunk, template
		end
		failures[#failures + 1] = why
	end
	error(table.concat(failures, "\n"), 0)
end

-- collector is the table accept or response of the script: what is assigned to it is
-- added to methods.
local function collector(methods, group)
	local seen = {}
	return setmetatable({}, { __newindex = function(_, name, fn)
		if type(name) ~= "string" then
			error(group .. ": the name of a method has to be a string", 2)
		elseif type(fn) ~= "function" then
			error(group .. "." .. name .. " has to be a function", 2)
		elseif seen[name] then
			error(group .. "." .. name .. " is defined twice", 2)
		end
		seen[name] = true
		methods[#methods + 1] = { #methods + 1, group, name, fn }
	end })
end

return function(name, G, loader)
	local methods, number = {}, {}
	for i, word in ipairs(system) do
		methods[i], number[word] = { i, "system", word }, i
	end
	local globals = {}
	local groups = setmetatable({
		accept = collector(methods, "accept"), response = collector(methods, "response"),
	}, { __index = globals })

	local path = assert(skynet.getenv "snax", "snax: the setting that says where its services are is missing")
	local chunk, template = (loader or load_file)(path, name, G)
	assert(getmetatable(G) == nil, "snax: the globals of the script have a metatable already")
	setmetatable(G, { __index = groups, __newindex = function(_, key, value)
		if not number[key] then
			globals[key] = value
		elseif type(value) == "function" then
			methods[number[key]][4] = value
		else
			error(key .. " has to be a function", 2)
		end
	end })
	local ok, why = xpcall(chunk, debug.traceback)
	setmetatable(G, nil)
	if not ok then
		error(why, 0)
	end
	for key, value in pairs(globals) do
		G[key] = value
	end
	return methods, template
end
