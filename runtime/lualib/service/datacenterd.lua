-- datacenterd keeps the tree of skynet.datacenter.
local skynet = require "skynet"

local tree = {}
local awaited = { below = {} } -- paths that somebody waits for: a tree of { responses..., below = {} }

-- at is the value at a path.
local function at(...)
	local value = tree
	for i = 1, select("#", ...) do
		if value == nil then break end
		value = value[(select(i, ...))]
	end
	return value
end

-- answer tells those who wait at a place in the tree, and below it, what is there.
local function answer(place, value)
	if value == nil then return end
	for i = 1, #place do
		place[i](true, value)
		place[i] = nil
	end
	if type(value) == "table" then
		for key, inner in pairs(place.below) do
			answer(inner, value[key])
		end
	end
end

-- arrived tells those who wait for something on a path that has a new value.
local function arrived(path)
	local place, value = awaited, tree
	for _, key in ipairs(path) do
		place, value = place.below[key], value[key]
		if not place or value == nil then return end
		for i = 1, #place do
			place[i](true, value)
			place[i] = nil
		end
	end
	answer(place, value)
end

local command = {}

function command.QUERY(key, ...)
	if tree[key] ~= nil then
		return at(key, ...)
	end
end

function command.UPDATE(...)
	local path = { ... }
	local n = select("#", ...)
	assert(n > 1, "datacenter.set: a path and a value are wanted")
	local value = path[n]
	path[n] = nil
	local key = table.remove(path, n - 1)
	local branch = tree
	for _, step in ipairs(path) do
		if branch[step] == nil then branch[step] = {} end
		branch = branch[step]
	end
	local before = branch[key]
	branch[key] = value
	path[#path + 1] = key
	arrived(path)
	if before ~= nil or value == nil then
		return before
	end
end

-- wait keeps the request until there is a value.
local function wait(...)
	local value = at(...)
	if value ~= nil then
		return skynet.retpack(value)
	end
	local place = awaited
	for i = 1, select("#", ...) do
		local key = select(i, ...)
		place.below[key] = place.below[key] or { below = {} }
		place = place.below[key]
	end
	place[#place + 1] = skynet.response()
end

skynet.start(function()
	skynet.dispatch("lua", function(_, _, name, ...)
		if name == "WAIT" then
			return wait(...)
		end
		local fn = command[name] or error("datacenter: unknown command " .. tostring(name))
		skynet.retpack(fn(...))
	end)
end)
