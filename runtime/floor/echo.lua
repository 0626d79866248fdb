local skynet = require "skynet"
local count = 0
skynet.start(function()
	skynet.dispatch("lua", function(session, source, cmd, ...)
		count = count + 1
		if cmd == "echo" then skynet.ret(skynet.pack(...))
		elseif cmd == "count" then skynet.ret(skynet.pack(count)) end
	end)
end)
