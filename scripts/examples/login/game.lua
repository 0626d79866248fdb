-- The game server: guess a number. Who comes with a ticket of the login server
-- plays; how often each has won outlives connections and saves.

local skynet = require "skynet"
local lines = require "lines"

local login
local won = {} -- by name

local function play(name, line, say)
	local number, tries = math.random(100), 0
	for guess in line do
		guess = tonumber(guess)
		tries = tries + 1
		if not guess then
			say "a number from 1 to 100, please"
		elseif guess < number then
			say "more"
		elseif guess > number then
			say "less"
		else
			won[name] = (won[name] or 0) + 1
			say("right, after " .. tries .. " tries; games you have won: " .. won[name])
			return
		end
	end
end

local function serve(line, say)
	local name = skynet.call(login, "lua", "redeem", line() or "")
	if not name then
		say "401 no such ticket"
		return
	end
	say("200 welcome, " .. name)
	play(name, line, say)
end

local command = {}

function command.open(port)
	return lines.serve(port, serve)
end

function command.won(name)
	return won[name] or 0
end

skynet.start(function()
	login = skynet.queryservice "login"
	skynet.dispatch("lua", function(_, _, name, ...)
		skynet.retpack(command[name](...))
	end)
end)
