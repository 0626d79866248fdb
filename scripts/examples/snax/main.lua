-- A snax service: what others send for and ask for are functions of its script.

local skynet = require "skynet"
local snax = require "skynet.snax"

local players = { "ann", "bob", "eve" }

skynet.start(function()
	local scores = snax.uniqueservice("scores", 3)
	skynet.fork(function()
		local round = 0
		while true do
			round = round + 1
			local player = players[round % #players + 1]
			scores.post.add(player, round)
			print("round " .. round .. ": " .. scores.req.best())
			skynet.sleep(100)
		end
	end)
end)
