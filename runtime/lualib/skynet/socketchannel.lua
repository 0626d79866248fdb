-- skynet.socketchannel is a connection to a server that is asked and answers, such as
-- a database. It connects when it is first needed, and again when it was lost; what
-- was asked then fails with socketchannel.error.
--
-- A channel works in one of two ways. Where its answers come in the order of the
-- requests, each request brings the function that reads its answer. Where each answer
-- names its session, the channel has one function that reads them all.
local skynet = require "skynet"
local socket = require "skynet.socket"

local socketchannel = {}

local socket_error = setmetatable({}, { __tostring = function() return "[Error: socket]" end })
socketchannel.error = socket_error

-- connection is what the functions of a channel read from: { number of the socket }.
-- Where there is nothing more to read, they raise socketchannel.error.
local connection = {}

local function reading(read)
	return function(self, ...)
		return read(self[1], ...) or error(socket_error)
	end
end

connection.read = reading(socket.read)
connection.readline = reading(socket.readline)
local connection_meta = { __index = connection }

local channel = {}
local channel_meta = { __index = channel }

-- channel(options): host, port, auth(channel), response(connection), backup, nodelay,
-- overload(is), and socket_read and socket_readline in place of those of connections.
function socketchannel.channel(options)
	local self = {
		__host = assert(options.host, "socketchannel: a host is wanted"), __port = options.port, __backup = options.backup,
		__auth = options.auth, __response = options.response, __nodelay = options.nodelay, __overload = options.overload,
		__meta = connection_meta,
		__sock = false, -- the connection, while there is one
		__closed = false,
		__queue = {}, -- those who wait for an answer, in order
		__sessions = {}, -- those who wait for an answer, by session
	}
	if options.socket_read or options.socket_readline then
		self.__meta = { __index = {
			read = options.socket_read or connection.read, readline = options.socket_readline or connection.readline,
		} }
	end
	return setmetatable(self, channel_meta)
end

-- settle ends the wait of one who has asked.
local function settle(waiter, ok, data)
	waiter.done, waiter.ok, waiter.data = true, ok, data
	skynet.wakeup(waiter)
end

-- fail_all ends the wait of all who have asked.
local function fail_all(self, why)
	local queue, sessions = self.__queue, self.__sessions
	self.__queue, self.__sessions = {}, {}
	for _, waiter in ipairs(queue) do settle(waiter, socket_error, why) end
	for _, waiter in pairs(sessions) do settle(waiter, socket_error, why) end
end

-- drop ends a connection, and what was asked on it.
local function drop(self, sock, why)
	if self.__sock == sock and sock then
		self.__sock = false
		pcall(socket.close, sock[1])
		skynet.wakeup(sock)
		fail_all(self, why)
	end
end

-- answer gives one who waits a part of the answer, and tells whether it was the last.
local function answer(waiter, ok, data, more)
	if ok and more then
		waiter.parts = waiter.parts or {}
		table.insert(waiter.parts, data)
		return false
	end
	if ok and waiter.parts then
		table.insert(waiter.parts, data)
		data = waiter.parts
	end
	settle(waiter, ok, data)
	return true
end

-- read_in_order reads the answer of the first who waits, again and again.
local function read_in_order(self, sock)
	while self.__sock == sock do
		local waiter = self.__queue[1]
		if not waiter then
			skynet.wait(sock)
		else
			sock.reading = true
			local ok, good, data, more = pcall(waiter.response, sock)
			sock.reading = false
			if not ok then
				return drop(self, sock, good ~= socket_error and good or nil)
			elseif self.__queue[1] == waiter and answer(waiter, good, data, more) then
				table.remove(self.__queue, 1)
			end
		end
	end
end

-- read_sessions reads answers that say whose they are.
local function read_sessions(self, sock)
	while self.__sock == sock do
		sock.reading = true
		local ok, session, good, data, more = pcall(self.__response, sock)
		sock.reading = false
		if not ok or not session then
			return drop(self, sock, session ~= socket_error and session or nil)
		end
		local waiter = self.__sessions[session]
		if not waiter then
			skynet.error("socket: unknown session :", session)
		elseif answer(waiter, good, data, more) then
			self.__sessions[session] = nil
		end
	end
end

-- await_close drops a connection that the peer has closed while nobody reads it.
local function await_close(self, sock)
	socket.onclose(sock[1], function()
		if self.__sock == sock and not self.__queue[1] then
			skynet.error("socket closed by peer : ", self.__host, self.__port)
			drop(self, sock)
		end
	end)
end

local function watch_overload(self, sock)
	local over = false
	socket.warning(sock[1], function(id, size)
		if size == 0 then
			over = false
			self.__overload(false)
		elseif not over then
			over = true
			self.__overload(true)
		else
			skynet.error(string.format("WARNING: %d K bytes need to send out (fd = %d)", size, id), self.__host, self.__port)
		end
	end)
end

-- readers are the tasks that read connections.
local readers = setmetatable({}, { __mode = "k" })

local function read(self, sock)
	readers[sock] = skynet.fork(self.__response and read_sessions or read_in_order, self, sock)
end

-- start has a new connection answered.
local function start(self, id)
	local sock = setmetatable({ id }, self.__meta)
	if self.__nodelay then require "skynet.socketdriver".nodelay(id) end
	if self.__overload then watch_overload(self, sock) end
	self.__sock = sock
	if not self.__response then await_close(self, sock) end
	read(self, sock)
	return sock
end

-- revive has somebody read a connection whose reader has ended with the code that it
-- was of. Where that was in the middle of an answer, the connection is of no use.
local function revive(self, sock)
	if readers[sock] and coroutine.status(readers[sock]) ~= "dead" then return end
	if sock.reading and (self.__queue[1] or self.__response) then
		return drop(self, sock)
	end
	read(self, sock)
end

-- addresses are where to connect to: the last one that was good, then the others.
local function addresses(self)
	local list, seen = { { host = self.__host, port = self.__port } }, {}
	seen[self.__host .. ":" .. tostring(self.__port)] = true
	for _, other in ipairs(self.__backup or {}) do
		local a = type(other) == "table" and other or { host = other, port = self.__port }
		local key = a.host .. ":" .. tostring(a.port)
		if not seen[key] then
			seen[key] = true
			list[#list + 1] = { host = a.host, port = a.port }
		end
	end
	return list
end

-- authenticate calls the channel's auth, which may use the channel. It returns whether
-- that was well, and whether it has changed the host.
local function authenticate(self, sock)
	if not self.__auth then return true end
	self.__authenticating = coroutine.running()
	local ok, why = pcall(self.__auth, self)
	self.__authenticating = nil
	if ok then
		return true, self.__sock ~= sock
	end
	drop(self, sock)
	if why ~= socket_error then
		skynet.error("socket: auth failed", why)
	end
	return false
end

-- connect_once tries each address once. It returns true, or false and why not.
local function connect_once(self)
	local tried, why = {}, nil
	local list, i = addresses(self), 1
	while list[i] do
		if self.__closed then return false end
		local at = list[i]
		if i > 1 then skynet.error("socket: connect to backup host", at.host, at.port) end
		tried[at.host .. ":" .. tostring(at.port)] = true
		local id, reason = socket.open(at.host, at.port)
		if id then
			self.__host, self.__port = at.host, at.port
			local ok, moved = authenticate(self, start(self, id))
			if ok and not moved then
				return true
			elseif moved then
				return connect_once(self)
			end
			reason = "no more backup host"
			for _, other in ipairs(addresses(self)) do -- auth may have named some
				local known = tried[other.host .. ":" .. tostring(other.port)]
				for _, a in ipairs(list) do known = known or a.host == other.host and a.port == other.port end
				if not known then list[#list + 1] = other end
			end
		end
		why, i = reason, i + 1
	end
	return false, why
end

-- try_connect connects, and unless once is set tries until it can, or the channel is
-- closed. It returns why it could not.
local function try_connect(self, once)
	local pause = 0
	while not self.__closed do
		local ok, why = connect_once(self)
		if ok then
			if not once then skynet.error("socket: connect to", self.__host, self.__port) end
			return
		elseif once then
			return why
		end
		skynet.error("socket: connect", why)
		if pause > 1000 then
			skynet.error("socket: try to reconnect", self.__host, self.__port)
			skynet.sleep(pause)
			pause = 0
		else
			skynet.sleep(pause)
		end
		pause = pause + 100
	end
end

-- connected is true where the channel can be used, false where it never will be, and
-- nil where it has to connect.
local function connected(self)
	if self.__sock then revive(self, self.__sock) end
	local sock = self.__sock
	if sock and socket.disconnected(sock[1]) then
		skynet.error("socket: disconnect detected ", self.__host, self.__port)
		drop(self, sock)
		if self.__authenticating == coroutine.running() then return false end
		return nil
	end
	if sock and (not self.__authenticating or self.__authenticating == coroutine.running()) then
		return true
	end
	if self.__closed then return false end
	if self.__authenticating == coroutine.running() then return false end
end

-- ensure connects where that is needed: one task does, and the others wait for it.
local function ensure(self, once)
	local is = connected(self)
	if is ~= nil then return is end
	local why
	if self.__connecting then
		local waiter = {}
		table.insert(self.__connecting, waiter)
		repeat skynet.wait(waiter) until waiter.done
	else
		local waiting = {}
		self.__connecting = waiting
		local ok, failure = pcall(try_connect, self, once)
		self.__connecting = nil
		for _, waiter in ipairs(waiting) do
			waiter.done = true
			skynet.wakeup(waiter)
		end
		why = failure
		if not ok then error(failure, 0) end
	end
	is = connected(self)
	if is == nil then
		skynet.error("Connect failed", why, self.__host, self.__port)
		error(socket_error)
	end
	return is
end

-- connect(once) connects, if it isn't yet. With once it tries once, and raises
-- socketchannel.error where it can't; without it tries again and again.
function channel:connect(once)
	self.__closed = false
	return ensure(self, once)
end

local function await(self, response)
	local waiter = { response = response }
	if self.__response then
		self.__sessions[response] = waiter
	else
		table.insert(self.__queue, waiter)
		skynet.wakeup(self.__sock)
	end
	while not waiter.done do skynet.wait(waiter) end
	if waiter.ok == socket_error then
		error(waiter.data or socket_error)
	end
	return assert(waiter.ok, waiter.data) and waiter.data
end

local function send(self, sock, write, text)
	if not write(sock[1], text) then
		drop(self, sock)
		error(socket_error)
	end
end

-- request(text, response, more) sends text and, if it is a table, the texts of more,
-- and returns the answer. response is the function that reads it, or its session;
-- without it nothing is awaited.
function channel:request(text, response, more)
	assert(ensure(self, true))
	local sock = self.__sock
	send(self, sock, more and socket.lwrite or socket.write, text)
	for _, part in ipairs(more or {}) do
		send(self, sock, socket.lwrite, part)
	end
	if response ~= nil then
		return await(self, response)
	end
end

-- response(response) is an answer to what nobody has asked for here.
function channel:response(response)
	assert(ensure(self))
	return await(self, response)
end

-- close ends the channel, and those who wait for answers with an error.
function channel:close()
	if not self.__closed then
		self.__closed = true
		drop(self, self.__sock, "channel_closed")
	end
end

-- changehost(host, port) has the channel connect to another address.
function channel:changehost(host, port)
	self.__host, self.__port = host, port or self.__port
	if not self.__closed then
		drop(self, self.__sock, "channel_closed")
	end
end

-- changebackup(list) changes where to connect to when the host doesn't answer.
function channel:changebackup(backup)
	self.__backup = backup
end

channel_meta.__gc = channel.close

return socketchannel
