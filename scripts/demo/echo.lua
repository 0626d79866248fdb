-- The echo service takes a second for each answer, and after 4.5 seconds it
-- reloads itself with the next version number as its argument. The request that
-- it is working on at that moment is still answered, by the old version; only
-- then is the old version gone, and its __gc method runs.

local skynet = require "skynet"
local reload = require "reload"

local version = tonumber((...)) or 1

-- A global lives as long as the version that made it.
Witness = setmetatable({}, { __gc = function() print("the old code of echo, version " .. version .. ", is gone") end })

skynet.start(function()
	skynet.dispatch("lua", function(_, _, text)
		skynet.sleep(100)
		-- Your first edit: change the answer, for instance to text:upper(), and
		-- save. From the next call on it is in force; nobody was disconnected.
		skynet.retpack(text, version)
	end)
	skynet.timeout(450, function()
		reload(version + 1)
	end)
end)
