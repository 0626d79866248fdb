-- The chat's client: devnode run --console off --watch=false client.lua [PORT]. It sends what is typed, a
-- package a line, and shows what comes. At the end of its input it says /bye, and
-- waits for the other side to close.

local skynet = require "skynet"
local socket = require "skynet.socket"

local port = tonumber(... or skynet.getenv "port" or 8888)

local function listen(fd)
	while true do
		local head = socket.read(fd, 2)
		local text = head and socket.read(fd, (string.unpack(">I2", head)))
		if not text then
			return
		end
		print(text)
	end
end

local function typed(fd)
	local input = socket.stdin()
	local line = socket.readline(input)
	while line do
		socket.write(fd, string.pack(">s2", line))
		line = socket.readline(input)
	end
	socket.write(fd, string.pack(">s2", "/bye"))
end

skynet.start(function()
	local fd, why = socket.open("127.0.0.1", port)
	if not fd then
		print("no chat at port " .. port .. ": " .. tostring(why))
		os.exit(1)
	end
	skynet.fork(typed, fd)
	skynet.fork(function()
		listen(fd)
		skynet.abort()
	end)
end)
