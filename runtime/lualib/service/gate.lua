-- The service gate: it hands each client's packages to that client's agent, as messages of type client, and tells a watchdog
-- of clients that come and go, as `socket` messages: open, close, error, warning, and data as long as there is no agent.
-- The watchdog calls "open" (see snax.gateserver); "forward", fd, and perhaps a source and an agent, gives the client to an
-- agent, the caller if none is named; "accept", fd lets it send without one; "kick", fd closes it.

local skynet = require "skynet"
local gateserver = require "snax.gateserver"

skynet.register_protocol { name = "client", id = skynet.PTYPE_CLIENT }

local watchdog = nil
local clients = {}

local function tell(...)
	skynet.send(watchdog, "lua", "socket", ...)
end

local handler = {}

function handler.open(source, conf)
	watchdog = conf.watchdog or source
	return conf.address, conf.port
end

function handler.connect(fd, address)
	clients[fd] = { address = address }
	tell("open", fd, address)
end

function handler.message(fd, msg, sz)
	local client = clients[fd]
	if not client then
		return -- it has failed meanwhile
	end
	if client.agent then
		skynet.redirect(client.agent, client.source, "client", fd, msg, sz)
	else
		tell("data", fd, skynet.tostring(msg, sz))
	end
end

function handler.disconnect(fd)
	clients[fd] = nil
	tell("close", fd)
end

function handler.error(fd, text)
	clients[fd] = nil
	tell("error", fd, text)
end

function handler.warning(fd, size)
	tell("warning", fd, size)
end

local command = {}

function command.forward(source, fd, client, agent)
	local c = assert(clients[fd], "no such client")
	c.source, c.agent = client or 0, agent or source
	gateserver.openclient(fd)
end

function command.accept(_, fd)
	local c = assert(clients[fd], "no such client")
	c.source, c.agent = nil, nil
	gateserver.openclient(fd)
end

function command.kick(_, fd)
	gateserver.closeclient(fd)
end

function handler.command(name, source, ...)
	return assert(command[name], "no such command")(source, ...)
end

gateserver.start(handler)
