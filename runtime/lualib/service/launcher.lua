-- launcher stands for the node's own service .launcher, for bootstrap scripts that launch
-- one: it passes on what it is sent, from the first moment on.
local skynet = require "skynet"

skynet.dispatch("lua", function(session, source, ...)
	skynet.ignoreret()
	skynet.redirect(".launcher", source, "lua", session, skynet.pack(...))
end)

skynet.start(function() end)
