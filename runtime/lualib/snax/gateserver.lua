-- snax.gateserver makes the service that requires it a gate: it accepts clients, and cuts what they send into packages with
-- their length before them, in two bytes. start(handler) takes the service's own functions:
--
--	connect(fd, address)    a client is there; openclient(fd) lets it send
--	message(fd, msg, sz)    it has sent a package
--	disconnect(fd)          it has gone
--	error(fd, text), warning(fd, kilobytes), open(source, conf), command(name, source, ...)
--
-- of which the first two must be there. Other services call it: "open" with { address=, port=, maxclient=, nodelay=,
-- backlog= }, "close", or what command answers. All that it remembers are locals of this file, which a reload keeps.

local skynet = require "skynet"
local driver = require "skynet.socketdriver"
local netpack = require "skynet.netpack"

local gateserver = {}

local listener = nil
local opening = nil -- who waits for the listener's address, and that
local maxclient = 1024
local nodelay = false
local count = 0
local clients = {} -- true: it may send; false: it sends no more
local queue = nil

function gateserver.openclient(fd)
	if clients[fd] then
		driver.start(fd)
	end
end

function gateserver.closeclient(fd)
	if clients[fd] ~= nil then
		clients[fd] = nil
		driver.close(fd)
	end
end

local function listen(conf)
	assert(not listener, "the gate is open already")
	local address, port = conf.address or "0.0.0.0", assert(conf.port, "a gate needs a port")
	maxclient = conf.maxclient or 1024
	nodelay = conf.nodelay
	skynet.error("Listen on", address, port)
	opening = { task = coroutine.running() }
	listener = driver.listen(address, port, conf.backlog)
	if not opening.port then
		skynet.wait(opening.task)
	end
	conf.address, conf.port = opening.address, opening.port
	opening = nil
	driver.start(listener)
end

function gateserver.start(handler)
	assert(handler.message, "a gate's handler has a function message")
	assert(handler.connect, "a gate's handler has a function connect")

	local command = {}

	function command.open(source, conf)
		listen(conf)
		if handler.open then
			return handler.open(source, conf)
		end
	end

	function command.close()
		assert(listener, "the gate isn't open")
		driver.close(listener)
	end

	local function message(fd, msg, sz)
		if clients[fd] then
			handler.message(fd, msg, sz)
		else
			skynet.error(("Drop message from fd (%d) : %s"):format(fd, netpack.tostring(msg, sz)))
		end
	end

	-- A handler may wait: what is left then goes on in a task of its own.
	local function messages()
		local fd, msg, sz = netpack.pop(queue)
		if fd then
			skynet.fork(messages)
			while fd do
				message(fd, msg, sz)
				fd, msg, sz = netpack.pop(queue)
			end
		end
	end

	local event = { data = message, more = messages }

	function event.init(fd, address, port)
		if opening and address ~= "start" then
			opening.address, opening.port = address, port
			skynet.wakeup(opening.task)
		end
	end

	function event.open(fd, address)
		count = count + 1
		if count > maxclient then
			driver.shutdown(fd)
			return
		end
		if nodelay then
			driver.nodelay(fd)
		end
		clients[fd] = true
		handler.connect(fd, address)
	end

	function event.close(fd)
		if fd == listener then
			listener = nil
			return
		end
		count = count - 1
		if clients[fd] then
			clients[fd] = false
		end
		if handler.disconnect then
			handler.disconnect(fd)
		end
	end

	function event.error(fd, text)
		if fd == listener then
			skynet.error("gateserver accept error:", text)
			return
		end
		driver.shutdown(fd)
		if handler.error then
			handler.error(fd, text)
		end
	end

	function event.warning(fd, size)
		if handler.warning then
			handler.warning(fd, size)
		end
	end

	skynet.register_protocol {
		name = "socket",
		id = skynet.PTYPE_SOCKET,
		unpack = function(msg, sz) return netpack.filter(queue, msg, sz) end,
		dispatch = function(_, _, q, what, ...)
			queue = q
			if what then
				event[what](...)
			end
		end,
	}

	local function init()
		skynet.dispatch("lua", function(_, source, name, ...)
			if command[name] then
				skynet.retpack(command[name](source, ...))
			else
				skynet.retpack(handler.command(name, source, ...))
			end
		end)
	end

	if handler.embed then
		init()
	else
		skynet.start(init)
	end
end

return gateserver
