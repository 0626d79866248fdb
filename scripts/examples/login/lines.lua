-- lines.serve(port, serve) listens, and has serve(line, say, address) talk to
-- each client that connects: line() is its next line, or nil at the end; say
-- sends one. It returns the port.

local skynet = require "skynet"
local socket = require "skynet.socket"

local lines = {}

local function talk(fd, address, serve)
	socket.start(fd)
	local function line() return socket.readline(fd) or nil end
	local function say(text) socket.write(fd, text .. "\n") end
	local ok, err = xpcall(serve, debug.traceback, line, say, address)
	if not ok then
		skynet.error(err)
	end
	socket.close(fd)
end

function lines.serve(port, serve)
	local fd, _, bound = socket.listen("127.0.0.1", port)
	socket.start(fd, function(client, address)
		skynet.fork(talk, client, address, serve)
	end)
	return bound or port
end

return lines
