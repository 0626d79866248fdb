-- The pages, by their paths: each returns its type and its content.

local words = require "words"

local pages = {}
local visits = 0

pages["/"] = function()
	visits = visits + 1
	return "text/html; charset=utf-8", [[
<!doctype html>
<title>Words</title>
<h1>Words</h1>
<p>Visit ]] .. visits .. [[. Say something:</p>
<input id="say" autofocus>
<ol id="heard"></ol>
<script>
	const socket = new WebSocket(`ws://${location.host}/words`)
	const say = document.getElementById("say")
	socket.onmessage = event => {
		const item = document.createElement("li")
		item.textContent = event.data
		document.getElementById("heard").append(item)
	}
	say.onchange = () => { socket.send(say.value); say.value = "" }
</script>
]]
end

pages["/state"] = function()
	return "application/json", ('{"visits": %d, "talkers": %d}\n'):format(visits, words.count())
end

return pages
