-- An agent speaks for one client: a line that begins with / is a command, any
-- other is said in the room.

local skynet = require "skynet"
local netpack = require "skynet.netpack"
local queue = require "skynet.queue"
local socket = require "skynet.socket"

skynet.register_protocol { name = "client", id = skynet.PTYPE_CLIENT, unpack = skynet.tostring }

local room, gate, fd
local name = nil
local inorder = queue() -- a client's lines wait for each other

local function tell(text)
	socket.write(fd, netpack.pack(text))
end

local verb = {}

function verb.name(word)
	if word == "" then
		return "usage: /name NAME"
	end
	local ok, why = skynet.call(room, "lua", "rename", skynet.self(), word)
	if not ok then
		return why
	end
	name = word
	return "you are " .. word
end

function verb.who()
	return "here: " .. table.concat(skynet.call(room, "lua", "who"), ", ")
end

function verb.bye()
	tell("goodbye, " .. name) -- before the gate closes
	skynet.send(gate, "lua", "kick", fd)
end

function verb.help()
	return "/name NAME, /who, /bye, /help, and whatever you want to say"
end

local function obey(text)
	local word, rest = text:match "^/(%a+)%s*(.-)%s*$"
	if not word then
		skynet.send(room, "lua", "say", name, text)
	elseif verb[word] then
		local answer = verb[word](rest)
		if answer then
			tell(answer)
		end
	else
		tell("no such command: /" .. word)
	end
end

local command = {}

function command.welcome(from, client)
	gate, fd = from, client
	skynet.call(gate, "lua", "forward", fd)
	name = skynet.call(room, "lua", "enter", skynet.self())
	tell("welcome, " .. name .. "; /help says what there is")
end

function command.hear(text)
	tell(text)
end

function command.leave()
	skynet.call(room, "lua", "leave", skynet.self())
	skynet.exit()
end

skynet.start(function()
	room = skynet.queryservice "room"
	skynet.dispatch("client", function(_, _, text)
		skynet.ignoreret() -- the session is the client's number, nobody waits for an answer
		inorder(obey, text)
	end)
	skynet.dispatch("lua", function(session, _, what, ...)
		local answer = command[what](...)
		if session ~= 0 then
			skynet.retpack(answer)
		end
	end)
end)
