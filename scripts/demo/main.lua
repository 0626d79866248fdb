-- The demo of devnode. main calls an echo service again and again, and echo
-- replaces its own code every 4.5 seconds, in the middle of a call. In the
-- program that this one is modelled on, skynet-reload's test, the call that is
-- on its way then fails; here none does.
--
-- Try it while it runs: change a text in this folder, save, and look at the log.

local skynet = require "skynet"

skynet.start(function()
	local counter = skynet.newservice "counter"
	local echo = skynet.newservice("echo", 1)
	skynet.fork(function()
		local n = 0
		while true do
			n = n + 1
			local ok, answer, version = pcall(skynet.call, echo, "lua", "hello " .. n)
			if ok then
				local count = skynet.call(counter, "lua", "add", 1)
				print(string.format("%s: answered by version %d of echo; the counter is at %d", answer, version, count))
			else
				print("call " .. n .. " failed: " .. answer)
			end
		end
	end)
end)
