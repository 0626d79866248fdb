-- A counter whose count survives an edit of this file: reload.keep returns the
-- same table to every version of the service.
--
-- Your second edit: let "add" count twice as fast, or add a command of your own,
-- save, and call it from the console:
--
--     call .counter "get"
--     inject .counter -e '_U.state.count = 42'

local skynet = require "skynet"
require "skynet.manager"
local reload = require "reload"

local state = reload.keep("state", function() return { count = 0 } end)

skynet.start(function()
	skynet.dispatch("lua", function(_, _, command, n)
		if command == "add" then
			state.count = state.count + n
		elseif command ~= "get" then
			error("counter: no such command: " .. tostring(command))
		end
		skynet.retpack(state.count)
	end)
	skynet.register ".counter"
end)
