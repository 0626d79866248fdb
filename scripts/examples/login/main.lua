-- A login server and a game server. Who proves to know a password at the first
-- gets a ticket, which lets in at the second, once.

local skynet = require "skynet"

skynet.start(function()
	local base = tonumber(skynet.getenv "port" or 8001)
	local login = skynet.uniqueservice "login"
	local game = skynet.uniqueservice "game"
	print("login at port " .. skynet.call(login, "lua", "open", base))
	print("game at port " .. skynet.call(game, "lua", "open", base == 0 and 0 or base + 1))
end)
