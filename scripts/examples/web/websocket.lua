-- websocket.serve(request, talk) makes a websocket (RFC 6455) of a request that
-- asks for one, and has talk(ws) use it: ws.next() is the next text, or nil when
-- the other side has gone; ws.send(text) sends one.

local socket = require "skynet.socket"
local crypt = require "skynet.crypt"

local websocket = {}

local text, close, ping, pong = 1, 8, 9, 10
local mostText = 64 * 1024

function websocket.asked(request)
	return (request.headers.upgrade or ""):lower() == "websocket" and request.headers["sec-websocket-key"]
end

local function accept(request)
	local key = request.headers["sec-websocket-key"]
	local proof = crypt.base64encode(crypt.sha1(key .. "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	socket.write(request.fd, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		.. "Sec-WebSocket-Accept: " .. proof .. "\r\n\r\n")
end

local function sendFrame(fd, kind, content)
	local n = #content
	local head
	if n < 126 then
		head = string.pack("BB", 0x80 | kind, n)
	elseif n < 65536 then
		head = string.pack(">BBI2", 0x80 | kind, 126, n)
	else
		head = string.pack(">BBI8", 0x80 | kind, 127, n)
	end
	socket.write(fd, head .. content)
end

local function unmask(content, mask)
	local bytes = { content:byte(1, -1) }
	for i = 1, #bytes do
		bytes[i] = string.char(bytes[i] ~ mask:byte((i - 1) % 4 + 1))
	end
	return table.concat(bytes)
end

-- readFrame returns the kind of a frame, its content, and whether it is the last
-- of its message. Nothing, where the other side has gone or talks nonsense.
local function readFrame(fd)
	local head = socket.read(fd, 2)
	if not head then
		return
	end
	local first, second = head:byte(1, 2)
	local n = second & 0x7f
	if n == 126 then
		n = string.unpack(">I2", socket.read(fd, 2) or "\255\255")
	elseif n == 127 then
		n = string.unpack(">I8", socket.read(fd, 8) or ("\127"):rep(8))
	end
	if second & 0x80 == 0 or n < 0 or n > mostText then
		return
	end
	local mask = socket.read(fd, 4)
	local content = mask and (n == 0 and "" or socket.read(fd, n))
	if content then
		return first & 0x0f, unmask(content, mask), first & 0x80 ~= 0
	end
end

local function nextText(fd)
	local parts, size = {}, 0
	while true do
		local kind, content, last = readFrame(fd)
		if not kind or kind == close then
			return nil
		elseif kind == ping then
			sendFrame(fd, pong, content)
		elseif kind ~= pong then
			parts[#parts + 1] = content
			size = size + #content
			if size > mostText then
				return nil
			elseif last then
				return table.concat(parts)
			end
		end
	end
end

function websocket.serve(request, talk)
	return function()
		local fd = request.fd
		accept(request)
		talk {
			next = function() return nextText(fd) end,
			send = function(s) sendFrame(fd, text, s) end,
		}
		sendFrame(fd, close, string.pack(">I2", 1000))
	end
end

return websocket
