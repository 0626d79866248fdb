-- skynet.mqueue hands the messages of type queue to one function, one after the other: the
-- next when that has returned, also where it waits. skynet.queue does so for any code.
local skynet = require "skynet"

local mqueue = {}
local handler
local waiting = {} -- messages, in order
local running = false

local function handle(message)
	if message.answer then
		message.answer(true, pcall(handler, table.unpack(message, 1, message.n)))
		return
	end
	local result = handler(table.unpack(message, 1, message.n))
	if result then
		error(("%s send a message to %s return something"):format(skynet.address(message.source), skynet.address(skynet.self())))
	end
end

local function run()
	if running or not handler then
		return
	end
	running = true
	while waiting[1] do
		local ok, message = pcall(handle, table.remove(waiting, 1))
		if not ok then
			skynet.error(message)
		end
	end
	running = false
end

skynet.register_protocol {
	name = "queue",
	id = skynet.PTYPE_QUEUE,
	pack = skynet.pack,
	unpack = skynet.unpack,
	dispatch = function(session, source, ...)
		local message = table.pack(...)
		message.source = source
		if session == 0 then
			skynet.ignoreret()
		else
			message.answer = skynet.response()
		end
		waiting[#waiting + 1] = message
		run()
	end,
}

-- register(f) has f take the messages, also those that have come before.
function mqueue.register(f)
	assert(handler == nil, "skynet.mqueue has its function already")
	handler = f
	skynet.fork(run)
end

local function unwrap(ok, ...)
	if not ok then
		error((...), 0)
	end
	return ...
end

function mqueue.call(address, ...)
	return unwrap(skynet.call(address, "queue", ...))
end

function mqueue.send(address, ...)
	return skynet.send(address, "queue", ...)
end

-- size() is how many messages wait.
function mqueue.size()
	return #waiting
end

return mqueue
