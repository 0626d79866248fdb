-- skynet.queue: functions given to one queue run one after another, also where
-- they wait; a function that runs in the queue may enter it again.
local skynet = require "skynet"
local coroutine = coroutine
local xpcall = xpcall
local traceback = debug.traceback
local table = table

return function()
	local current_thread
	local ref = 0
	local thread_queue = {}

	local function leave(ok, ...)
		ref = ref - 1
		if ref == 0 then
			current_thread = table.remove(thread_queue, 1)
			if current_thread then
				skynet.wakeup(current_thread)
			end
		end
		assert(ok, (...))
		return ...
	end

	return function(f, ...)
		local thread = coroutine.running()
		if current_thread and current_thread ~= thread then
			table.insert(thread_queue, thread)
			skynet.wait()
			assert(ref == 0, "the queue was left in disorder")
		end
		current_thread = thread
		ref = ref + 1
		return leave(xpcall(f, traceback, ...))
	end
end
