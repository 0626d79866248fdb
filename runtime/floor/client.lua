local skynet = require "skynet"
local CMD = {}
function CMD.call(echo, n) for i = 1, n do skynet.call(echo, "lua", "echo", i, "hello") end end
function CMD.send(echo, n)
	for i = 1, n do skynet.send(echo, "lua", "noop", i, "hello") end
	return skynet.call(echo, "lua", "count")
end
skynet.start(function()
	skynet.dispatch("lua", function(session, source, cmd, ...) skynet.ret(skynet.pack(CMD[cmd](...))) end)
end)
