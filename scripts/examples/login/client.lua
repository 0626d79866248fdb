-- The client: devnode run --console off --watch=false client.lua NAME PASSWORD [PORT GAMEPORT]
-- It logs in, takes its ticket to the game server, and finds the number.

local skynet = require "skynet"
local socket = require "skynet.socket"
local crypt = require "skynet.crypt"

local name, password, port, gameport = ...
port = tonumber(port or 8001)
gameport = tonumber(gameport or port + 1)

local function connect(port)
	local fd, why = socket.open("127.0.0.1", port)
	if not fd then
		error("port " .. port .. ": " .. tostring(why), 0)
	end
	return function() return socket.readline(fd) or "" end, function(text) socket.write(fd, text .. "\n") end
end

local function login()
	local line, say = connect(port)
	local challenge = crypt.base64decode(line())
	say(name .. " " .. crypt.base64encode(crypt.hmac64(crypt.hashkey(password), challenge)))
	local code, rest = line():match "^(%d+) (.*)$"
	if code ~= "200" then
		error("login: " .. tostring(rest), 0)
	end
	return rest
end

local function play(ticket)
	local line, say = connect(gameport)
	say(ticket)
	print(line())
	local low, high = 1, 100
	while true do
		local guess = (low + high) // 2
		say(tostring(guess))
		local answer = line()
		print(guess, answer)
		if answer == "more" then
			low = guess + 1
		elseif answer == "less" then
			high = guess - 1
		else
			return
		end
	end
end

skynet.start(function()
	skynet.fork(function()
		local ok, err = pcall(function() play(login()) end)
		if not ok then
			print(err)
		end
		skynet.abort()
	end)
end)
