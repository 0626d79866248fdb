-- The room knows who is there. Its members live through every save of this file.

local skynet = require "skynet"

local members = {} -- name by agent
local guests = 0

local function say(text)
	for agent in pairs(members) do
		skynet.send(agent, "lua", "hear", text)
	end
end

local command = {}

function command.enter(agent)
	guests = guests + 1
	local name = "guest" .. guests
	say(name .. " comes in")
	members[agent] = name
	return name
end

function command.leave(agent)
	local name = members[agent]
	members[agent] = nil
	if name then
		say(name .. " leaves")
	end
end

function command.rename(agent, new)
	for _, name in pairs(members) do
		if name == new then
			return false, new .. " is here already"
		end
	end
	local old = members[agent]
	members[agent] = new
	say(old .. " is now " .. new)
	return true
end

function command.say(name, text)
	say(name .. ": " .. text)
end

function command.who()
	local names = {}
	for _, name in pairs(members) do
		names[#names + 1] = name
	end
	table.sort(names)
	return names
end

skynet.start(function()
	skynet.dispatch("lua", function(session, _, what, ...)
		if session == 0 then
			command[what](...)
		else
			skynet.retpack(command[what](...))
		end
	end)
end)
