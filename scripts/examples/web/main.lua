-- A web server: pages, and a websocket by which all who look at the page see
-- each other's words. Change pages.lua or words.lua while a browser looks.

local skynet = require "skynet"
local http = require "http"
local pages = require "pages"
local websocket = require "websocket"
local words = require "words"

local function serve(request)
	if request.path == "/words" and websocket.asked(request) then
		return websocket.serve(request, words.talk)
	end
	local page = pages[request.path]
	if not page then
		return 404, "text/plain", "nothing at " .. request.path .. "\n"
	end
	return 200, page(request)
end

skynet.start(function()
	local port = http.listen("127.0.0.1", tonumber(skynet.getenv "port" or 8080), serve)
	print("web: http://127.0.0.1:" .. port .. "/")
end)
