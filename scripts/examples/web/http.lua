-- http.listen(host, port, serve) answers requests. serve(request) returns a
-- status, a type and a content, or a function that takes the connection over.
-- A request has method, path, headers (names in lower case), body, and fd.

local skynet = require "skynet"
local socket = require "skynet.socket"

local http = {}

local reasons = { [200] = "OK", [400] = "Bad Request", [404] = "Not Found", [500] = "Internal Server Error" }
local mostBody = 1024 * 1024

local function readHeaders(fd)
	local headers = {}
	while true do
		local line = socket.readline(fd, "\r\n")
		if not line then
			return nil
		elseif line == "" then
			return headers
		end
		local name, value = line:match "^([^:%s]+):%s*(.-)%s*$"
		if name then
			headers[name:lower()] = value
		end
	end
end

local function readRequest(fd)
	local line = socket.readline(fd, "\r\n")
	local method, path = (line or ""):match "^(%u+) ([^%s?]+)%S* HTTP/1%.[01]$"
	local headers = method and readHeaders(fd)
	if not headers then
		return nil, line and "not a request"
	end
	local length = tonumber(headers["content-length"] or 0)
	if not length or length > mostBody then
		return nil, "a body of up to " .. mostBody .. " bytes, please"
	end
	local body = length > 0 and socket.read(fd, length) or ""
	return { method = method, path = path, headers = headers, body = body, fd = fd }
end

local function answer(fd, status, kind, content)
	socket.write(fd, ("HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"):format(
		status, reasons[status] or "?", kind, #content, content))
end

local function connection(fd, serve)
	socket.start(fd)
	while true do
		local request, why = readRequest(fd)
		if not request then
			if why then
				answer(fd, 400, "text/plain", why .. "\n")
			end
			break
		end
		local ok, status, kind, content = xpcall(serve, debug.traceback, request)
		if not ok then
			skynet.error(status)
			answer(fd, 500, "text/plain", "an error, see the log\n")
		elseif type(status) == "function" then
			status()
			break
		else
			answer(fd, status, kind, content)
		end
		if request.headers.connection == "close" then
			break
		end
	end
	socket.close(fd)
end

function http.listen(host, port, serve)
	local fd, _, bound = socket.listen(host, port)
	socket.start(fd, function(client)
		skynet.fork(connection, client, serve)
	end)
	return bound or port
end

return http
