-- The scores of all players. accept holds what is sent (nobody waits), response
-- what is asked for. Change a function and save: the points stay.

local points = {}
local most

function init(n)
	most = tonumber(n)
end

function exit()
	print "the scores are gone"
end

function accept.add(player, n)
	points[player] = (points[player] or 0) + n
end

function response.best()
	local list = {}
	for player, n in pairs(points) do
		list[#list + 1] = { player = player, points = n }
	end
	table.sort(list, function(a, b)
		return a.points > b.points or a.points == b.points and a.player < b.player
	end)
	local words = {}
	for i = 1, math.min(most, #list) do
		words[i] = list[i].player .. " " .. list[i].points
	end
	return table.concat(words, ", ")
end
