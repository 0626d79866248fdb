-- The gate tells the watchdog which clients come and go: each gets an agent.

local skynet = require "skynet"

local gate
local agents = {} -- by the client's number

local client = {}

function client.open(fd)
	local agent = skynet.newservice "agent"
	agents[fd] = agent
	skynet.call(agent, "lua", "welcome", gate, fd)
end

function client.close(fd)
	local agent = agents[fd]
	agents[fd] = nil
	if agent then
		skynet.send(agent, "lua", "leave")
	end
end

function client.error(fd, text)
	skynet.error("client", fd, text)
	client.close(fd)
end

function client.warning(fd, kilobytes)
	skynet.error("client", fd, "doesn't read:", kilobytes, "KB wait")
end

local command = {}

function command.open(conf)
	return skynet.call(gate, "lua", "open", conf)
end

skynet.start(function()
	skynet.dispatch("lua", function(_, _, name, ...)
		if name == "socket" then
			local event = ...
			if client[event] then
				client[event](select(2, ...))
			end
		else
			skynet.retpack(command[name](...))
		end
	end)
	gate = skynet.newservice "gate"
end)
