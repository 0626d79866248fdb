-- A chat. The service gate takes the clients, watchdog gives each an agent, and
-- the room knows who is there. Start it, let two clients in, and change a text
-- or a command in agent.lua: both go on, and have it with their next line.

local skynet = require "skynet"

skynet.start(function()
	skynet.uniqueservice "room"
	local watchdog = skynet.newservice "watchdog"
	local address, port = skynet.call(watchdog, "lua", "open", {
		address = "127.0.0.1",
		port = tonumber(skynet.getenv "port" or 8888),
		nodelay = true,
	})
	print("chat: clients are welcome at " .. address .. ":" .. port)
end)
