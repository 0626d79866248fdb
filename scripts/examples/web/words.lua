-- Who talks, and what becomes of what is said: all hear it.

local words = {}
local talkers = {}

function words.count()
	local n = 0
	for _ in pairs(talkers) do
		n = n + 1
	end
	return n
end

-- talk goes on as long as its websocket does.
function words.talk(ws)
	talkers[ws] = true
	for text in ws.next do
		for talker in pairs(talkers) do
			talker.send(text)
		end
	end
	talkers[ws] = nil
end

return words
