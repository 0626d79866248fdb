local function try(f, ...) print(pcall(f, ...)) end
local function cat(t) return table.concat(t, ",") end
-- insert and remove
local t = {} table.insert(t, 1) table.insert(t, 2) table.insert(t, 1, 0) table.insert(t, 4, 9) print(cat(t), #t)
print(table.remove(t), table.remove(t, 1), cat(t), table.remove({}), table.remove({}, 0), #t)
t = {1, 2, 3} print(table.remove(t, 4), table.remove(t, 2), cat(t))
t = {[0] = "z"} print(table.remove(t, 0), t[0])
try(table.insert, {1, 2}, 5, 1) try(table.insert, {1, 2}, 0, 1) try(table.insert, {1, 2}, 4, 1) try(table.insert, {}, 1, 2, 3) try(table.insert, {}) try(table.insert, nil, 1) try(table.insert, {}, "x", 1) try(table.insert, {}, 1.5, 1) try(table.insert, 5)
try(table.remove, {1, 2, 3}, 5) try(table.remove, {1, 2, 3}, 7) try(table.remove, {1, 2, 3}, -1) try(table.remove, {}, 1) try(table.remove, {}, 2) try(table.remove, nil)
-- concat
print(table.concat({}), table.concat({1, 2, 3}), table.concat({1, 2, 3}, ", "), table.concat({1, 2, 3}, ", ", 2), table.concat({1, 2, 3}, ", ", 2, 3), table.concat({1, 2, 3}, "x", 3, 2), table.concat({1.5, "a", 2}, "-"))
try(table.concat, {1, {}, 3}) try(table.concat, {1, 2}, ",", 1, 3) try(table.concat, {true}) try(table.concat, {}, 1, "x") try(table.concat, {}, {}) try(table.concat, {1,2,3}, ",", 0)
print(table.concat({"a"}, "x", math.maxinteger - 1, 1) == "")
-- pack, unpack
local p = table.pack(1, nil, 3, nil) print(p.n, p[1], p[2], p[3], p[4], table.pack().n)
print(table.unpack({1, 2, 3})) print(table.unpack({1, 2, 3}, 2)) print(table.unpack({1, 2, 3}, 2, 5)) print(table.unpack({}, 1, 0)) print(select("#", table.unpack({}, 1, 3))) print(table.unpack({1, 2}, -1, 1))
try(table.unpack, {}, 1, 1e8) try(table.unpack, {}, 1, 1e15) try(table.unpack) try(table.unpack, {}, "x") try(table.unpack, nil, 1, 2)
print(select("#", table.unpack({}, 1, 10000)))
-- move
print(cat(table.move({1, 2, 3}, 1, 3, 2)), cat(table.move({1, 2, 3}, 2, 3, 1)), cat(table.move({1, 2, 3}, 1, 3, 1, {})), cat(table.move({1, 2, 3}, 1, 0, 5)), cat(table.move({1, 2, 3}, 1, 3, 3, {9, 9})))
try(table.move, {}, 1, 2) try(table.move, 1, 1, 2, 3) try(table.move, {}, 1, math.maxinteger, 2) try(table.move, {}, -1, math.maxinteger, 2)
try(table.move, {1}, 1, 1, 1, 5)
-- sort
local function sorted(t, f) table.sort(t, f) return cat(t) end
print(sorted {3, 1, 2}, sorted {"b", "a", "c"}, sorted({3, 1, 2}, function(a, b) return a > b end), sorted {}, sorted {1}, sorted {5, 2, 5, 1, 5, 2})
local big = {} for i = 1, 500 do big[i] = i * 7919 % 1009 end table.sort(big) local ok = true for i = 2, #big do ok = ok and big[i - 1] <= big[i] end print(ok)
try(table.sort, {1, "x"}) try(table.sort, {{}, {}}) try(table.sort, {1, 2, nil, 4}) try(table.sort, {1, 2}, 5) try(table.sort, nil) try(table.sort, {3, 2, 1}, function() error("cmp", 0) end) try(table.sort, {true, false})
local mt = {__lt = function(a, b) return a.v < b.v end}
local objs = {} for i, v in ipairs {3, 1, 2} do objs[i] = setmetatable({v = v}, mt) end
table.sort(objs) print(objs[1].v, objs[2].v, objs[3].v)
-- metamethods
local log = {}
local proxy = setmetatable({}, {__len = function() return 3 end, __index = function(_, k) log[#log + 1] = "get" .. k return k * 10 end, __newindex = function(_, k, v) log[#log + 1] = "set" .. k .. "=" .. tostring(v) end})
print(table.concat(proxy, ","), cat(log)) log = {}
table.insert(proxy, 5) print(cat(log)) log = {}
table.insert(proxy, 2, 5) print(cat(log)) log = {}
print(table.remove(proxy, 1), cat(log)) log = {}
print(table.unpack(proxy)) log = {}
table.move(proxy, 1, 2, 2) print(cat(log)) log = {}
print(#proxy, rawlen(proxy), next(proxy))
for i, v in ipairs(setmetatable({}, {__index = function(_, i) if i < 4 then return i * i end end})) do io.write(i, "=", v, " ") end print()
for k, v in pairs(setmetatable({}, {__pairs = function(t) return function(_, k) if not k then return 1, 2 end end, t, nil end})) do print(k, v) end
try(table.concat, setmetatable({}, {__len = function() return "x" end}))
try(table.insert, setmetatable({}, {__len = function() return 1.5 end}), 1)
print(#setmetatable({}, {__len = function() return 42 end}))
print(pcall(function() return #5 end))
-- next
print(next({}), next({10}), type(next), rawequal(next, pairs({})))
try(next, {}, "nope") try(next, {1}, "x") try(next) try(next, 5)
t = {a = 1, b = 2, c = 3} for k in pairs(t) do t[k] = nil end print(next(t))
t = {} for i = 1, 10 do t[i] = i end for i = 1, 10 do t[i] = nil end print(#t, next(t))
t = {} for i = 1, 100 do t["k" .. i] = i end local n = 0 for k, v in pairs(t) do n = n + v t[k] = nil end print(n, next(t))
-- what compares equal, broken orders, and what a proxy sees: the steps of C Lua's sort
do
	local seed = 1
	local function random(n) seed = seed * 1103515 % 2147483 return seed % n + 1 end
	local orders = {
		function(a, b) return a.key < b.key end, function(a, b) return a.key > b.key end,
		function(a, b) return a.key <= b.key end, function() return true end, function() return false end,
		function(a, b) return (a.id * 7 + b.id * 13) % 3 == 0 end, function() return random(2) == 1 end,
	}
	local sums = {}
	for round = 1, 700 do
		local t, calls, order = {}, 0, orders[round % #orders + 1]
		for i = 1, random(90) do t[i] = { id = i, key = random(6) } end
		local ok, err = pcall(table.sort, t, function(a, b) calls = calls + 1 return order(a, b) end)
		local sum = calls
		for i, v in ipairs(t) do sum = (sum * 31 + v.id * i) % 1000000007 end
		sums[#sums + 1] = sum .. (ok and "" or "!" .. err)
	end
	for i = 1, #sums, 10 do print(table.concat(sums, " ", i, math.min(i + 9, #sums))) end
	local fails, t = 9, { 5, 3, 8, 1, 9, 2, 7 }
	print(pcall(table.sort, t, function(a, b) fails = fails - 1 if fails == 0 then error("in the middle", 0) end return a < b end), cat(t))
	local log, back = {}, { 4, 1, 3, 2, 5, 1, 6 }
	local proxy = setmetatable({}, {
		__len = function() return #back end,
		__index = function(_, k) log[#log + 1] = "r" .. k return back[k] end,
		__newindex = function(_, k, v) log[#log + 1] = "w" .. k .. "=" .. v back[k] = v end,
	})
	table.sort(proxy)
	print(cat(back), cat(log))
	for _, n in ipairs { 101, 999, 5000 } do
		local t, sum = {}, 0
		for i = 1, n do t[i] = { id = i, key = random(50) } end
		table.sort(t, orders[1])
		for i, v in ipairs(t) do sum = (sum * 31 + v.id * i) % 1000000007 end
		print(n, sum)
	end
end

-- Loops over next step by themselves where there is nothing to refuse.
for k, v, w in next, { 10, 20 } do print(k, v, w) end
for k in next, { 10 } do print(k) end
print(pcall(function() for k in next, {}, "no" do end end))
print(pcall(function() for k in next, 5 do end end))
print(pcall(function() next({}, "no") end))
for k in next, setmetatable({}, { __index = { 1 } }) do print(k) end
do
	local t, s = { a = 1, b = 2, c = 3, d = 4 }, 0
	for k, v in pairs(t) do s = s + v t[k] = nil end
	print(s, next(t))
end
