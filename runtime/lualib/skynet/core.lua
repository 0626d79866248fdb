-- skynet.core is what skynet's modules in Lua are written on, for those of a checkout and
-- of projects that require it: here it stands on the module skynet itself.
local skynet = require "skynet"
require "skynet.manager"

local core = {
	pack = skynet.pack, unpack = skynet.unpack, packstring = skynet.packstring, tostring = skynet.tostring,
	trash = skynet.trash, genid = skynet.genid, now = skynet.now, hpc = skynet.hpc, error = skynet.error,
	redirect = skynet.redirect, trace = skynet.trace,
}

-- send(address, type, session, message, size) sends in the service's own name. A session
-- that is nil is a new one, which is returned; it is false where nobody has the address.
function core.send(address, kind, session, ...)
	if type(address) == "string" and not address:match "^:%x" and not skynet.localname(address) then
		return false
	end
	return skynet.redirect(address, skynet.self(), kind, session, ...)
end

function core.harbor(address)
	return skynet.harbor(address)
end

-- callback would have a function take all messages in the place of skynet's dispatcher.
function core.callback()
	error("skynet.core.callback is not there: skynet.start and skynet.dispatch take messages", 2)
end

local function text_of(address)
	return address and skynet.address(address)
end

local commands = {}

function commands.REG(name)
	if name == nil or name == "" then
		return text_of(skynet.self())
	end
	skynet.register(name)
	return name
end

function commands.QUERY(name)
	return text_of(skynet.localname(name))
end

function commands.NAME(words)
	local name, address = words:match "^(%S+) (%S+)$"
	skynet.name(name, address)
	return name
end

function commands.LAUNCH(words)
	local parts = {}
	for word in words:gmatch "%S+" do
		parts[#parts + 1] = word
	end
	return text_of(skynet.launch(table.unpack(parts)))
end

function commands.KILL(address)
	skynet.kill(address)
end

function commands.EXIT()
	skynet.exit()
end

function commands.ABORT()
	skynet.abort()
end

function commands.GETENV(key)
	return skynet.getenv(key)
end

function commands.SETENV(words)
	skynet.setenv(words:match "^(%S+) (.*)$")
end

function commands.STARTTIME()
	return tostring(skynet.starttime())
end

function commands.STAT(what)
	return tostring(skynet.stat(what))
end

-- command(name, words) is what the node does for a service; its answer is a text or nil.
function core.command(name, words)
	local run = commands[name]
	if not run then
		error("skynet.core.command " .. tostring(name) .. " is not there", 2)
	end
	return run(words)
end

-- intcommand is command with an answer that is a number, addresscommand one whose answer
-- is an address, as a number.
function core.intcommand(name, words)
	return tonumber(core.command(name, words and tostring(words)))
end

function core.addresscommand(name, words)
	local address = core.command(name, words)
	return address and tonumber(address:sub(2), 16)
end

return core
