-- snax.hotfix(methods, source, ...) replaces those methods of a living snax service
-- that source defines. Their local variables without a value are those of the same
-- name that the replaced methods use. It is all or nothing: where source, or its
-- function hotfix, fails, the methods are as before. Returns true and what hotfix
-- returns, or false and the error.
local load_interface = require "snax.interface"

-- upvalues calls fn(function, index, name, value) for the local variables of enclosing
-- blocks that a function uses, and that those of them which are functions use.
local function upvalues(f, fn, seen)
	if seen[f] then return end
	seen[f] = true
	for i = 1, math.huge do
		local name, value = debug.getupvalue(f, i)
		if not name then return end
		if name ~= "_ENV" then
			fn(f, i, name, value)
			if type(value) == "function" and debug.getinfo(value, "S").what == "Lua" then
				upvalues(value, fn, seen)
			end
		end
	end
end

-- variables finds a function and an index for each local variable, by its name. Where
-- several have one name, as when a patch has brought another, the first counts.
local function variables(functions)
	local found, seen = {}, {}
	for _, f in ipairs(functions) do
		upvalues(f, function(owner, index, name)
			found[name] = found[name] or { owner, index }
		end, seen)
	end
	return found
end

local function find(methods, group, name)
	for _, method in ipairs(methods) do
		if method[2] == group and method[3] == name then
			return method
		end
	end
end

-- join makes the variables without a value of a new function those that the function
-- it replaces uses, or that others do.
local function join(f, old, all)
	local own = variables { old }
	upvalues(f, function(owner, index, name, value)
		local place = own[name] or all[name]
		if value == nil and place then
			debug.upvaluejoin(owner, index, place[1], place[2])
		end
	end, {})
end

-- load_patch has the source define its methods. Its globals are those of the service,
-- and beside them those that it makes itself while it is loaded.
local function load_patch(source)
	local env = {}
	for key, value in pairs(_G) do
		env[key] = value
	end
	local patch = load_interface("patch", env, function(_, _, G)
		return assert(load(source, "=patch", "bt", G))
	end)
	for key in pairs(env) do
		if rawequal(env[key], _G[key]) then env[key] = nil end
	end
	setmetatable(env, { __index = _G, __newindex = _G })
	return patch
end

local function apply(methods, source, ...)
	local patch, functions, changes = load_patch(source), {}, {}
	for _, method in ipairs(methods) do
		functions[#functions + 1] = method[4]
	end
	local all = variables(functions)
	for _, new in ipairs(patch) do
		local _, group, name, f = table.unpack(new)
		if f then
			local method = find(methods, group, name) or error(string.format("Patch mismatch %s.%s", group, name), 0)
			changes[#changes + 1] = { method = method, is = f, was = method[4] }
		end
	end
	for _, change in ipairs(changes) do
		join(change.is, change.was, all)
	end
	for _, change in ipairs(changes) do
		change.method[4] = change.is
	end
	local after = find(patch, "system", "hotfix")[4]
	if not after then
		return
	end
	local results = table.pack(xpcall(after, debug.traceback, ...))
	if not results[1] then
		for _, change in ipairs(changes) do
			change.method[4] = change.was
		end
		error(results[2], 0)
	end
	return table.unpack(results, 2, results.n)
end

return function(methods, source, ...)
	return pcall(apply, methods, source, ...)
end
