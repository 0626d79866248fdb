-- Prints what skiplist.c answers.
local skiplist = require "skiplist.c"

local function show(v)
	if type(v) ~= "table" then return type(v) == "userdata" and "userdata" or tostring(v) end
	return "{" .. table.concat(v, ",") .. "}"
end
local function line(name, ...)
	local results = table.pack(pcall(...))
	if not results[1] then
		return print(name .. " e " .. (tostring(results[2]):gsub("^[^ ]*:%d+: ", "")))
	end
	for i = 2, results.n do results[i] = show(results[i]) end
	print(name .. " " .. table.concat(results, " ", 2, results.n))
end

local s = skiplist()
line("new", function() return s, s:get_count(), (tostring(s):gsub("0x%x+", "")) end)
line("empty", function() return s:get_rank(1, "a"), s:get_rank_range(1, 5), s:get_score_range(0, 9), s:get_score_range(9, 0), s:get_member_by_rank(1), s:delete(1, "a") end)
line("empty", function() return s:delete_by_rank(1, 5, print), s:delete_by_score(1, 5, print) end)
for i, v in ipairs { { 5, "e" }, { 1, "a" }, { 3, "c" }, { 3, "b" }, { 3, "c2", 7 }, { 3, "c1", 9 }, { -2.5, "z" }, { 1 / 0, "inf" }, { 3, "" }, { 3, "c\0d" }, { 3, "ce" } } do s:insert(table.unpack(v)) end
line("all", function() return s:get_count(), s:get_rank_range(1, 99), s:get_rank_range(99, 1), s:get_rank_range(11, 1), s:get_rank_range(3, 5), s:get_rank_range(5, 3), s:get_rank_range(0, 3), s:get_rank_range(-1, 3), s:get_rank_range(4, -1) end)
for i = -1, 12 do line("member " .. i, s.get_member_by_rank, s, i) end
for _, v in ipairs { { 5, "e" }, { 3, "c" }, { 3, "c1", 9 }, { 3, "c1" }, { 3, "c2", 7 }, { 4, "e" }, { 6, "e" }, { 3, "none" }, { 9, "none" }, { 1 / 0, "inf" } } do line("rank " .. v[2], s.get_rank, s, table.unpack(v)) end
for _, v in ipairs { { 1, 3 }, { 3, 1 }, { 3, 3 }, { -9, 99 }, { 99, -9 }, { 4, 4 }, { 6, 7 }, { 7, 6 }, { -9, -8 }, { 1.5, 5 } } do line("scores", s.get_score_range, s, table.unpack(v)) end
line("delete", function() return s:delete(3, "c"), s:delete(3, "c"), s:delete(4, "e"), s:delete(3, "c1"), s:delete(3, "c1", 9), s:get_count() end)
local gone = {}
local function note(member) gone[#gone + 1] = member end
line("by score", function() return s:delete_by_score(3, 1, note), gone, s:get_rank_range(1, 9) end) line("by score", function() return s:delete_by_score(7, 8, note) end)
line("by rank", function() return s:delete_by_rank(3, 2, note), gone, s:get_rank_range(1, 9) end) line("by rank", function() return s:delete_by_rank(0, 1, note), s:delete_by_rank(5, 9, note), gone end)
for _, wrong in ipairs { { "insert" }, { "insert", s }, { "insert", s, "x", "a" }, { "insert", s, 1, 5 }, { "delete", s, 1 }, { "delete_by_score", s, 1.5, 2, print }, { "delete_by_score", s, 1, 2 }, { "delete_by_rank", s, 1, 2, 3 }, { "get_rank_range", s, 1 }, { "get_member_by_rank", s, "x" } } do
	line(wrong[1], s[wrong[1]], table.unpack(wrong, 2))
end

-- Many members, that come and go.
local seed = 7
local function random(n)
	seed = (seed * 1103515245 + 12345) % 2147483648
	return seed // 65536 % n
end
local scores, s = {}, skiplist()
for i = 1, 5000 do
	local member = "m" .. random(3000)
	if scores[member] then s:delete(scores[member], member) end
	scores[member] = random(500)
	s:insert(scores[member], member)
	if i % 50 == 0 then
		member = "m" .. random(3000)
		line("round " .. i, function() return s:get_count(), scores[member] and s:get_rank(scores[member], member), s:get_member_by_rank(random(2000)), #s:get_score_range(100, 120), s:get_rank_range(random(2000), random(3) + 5) and 0 end)
		line("range " .. i, s.get_rank_range, s, random(2000), random(9) * 100 + 1)
	end
	if i % 1000 == 0 then
		local function drop(member) scores[member] = nil end
		line("drop " .. i, function() return s:delete_by_rank(100, 700, drop), s:delete_by_score(50, 90, drop), s:get_count() end)
	end
end
