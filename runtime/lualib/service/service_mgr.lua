-- service_mgr stands for the node's own service .service, for bootstrap scripts that launch
-- one: it passes on what it is sent, from the first moment on.
local skynet = require "skynet"

skynet.dispatch("lua", function(session, source, ...)
	skynet.ignoreret()
	skynet.redirect(".service", source, "lua", session, skynet.pack(...))
end)

skynet.start(function() end)
