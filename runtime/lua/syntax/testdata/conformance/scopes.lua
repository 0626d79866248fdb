-- Scopes, closures, goto and the ways out of blocks.
local log = {}
local function add(f) log[#log + 1] = f end
local function all() local s = {} for i, f in ipairs(log) do s[i] = tostring(f()) end log = {} return table.concat(s, " ") end
for i = 1, 3 do local j = i * 10; add(function() j = j + 1; return i + j end) end
print(all())
for i = 1, 5 do
	if i % 2 == 0 then goto continue end
	local k = i
	add(function() return k end)
	::continue::
end
print(all())
do
	local n = 0
	::top::
	local x = n
	add(function() x = x + 1 return x end)
	n = n + 1
	if n < 3 then goto top end
end
print(all())
while true do local w = #log; add(function() return w end); if w == 2 then break end end
print(all())
local r = 0
repeat local done = r >= 2; r = r + 1; add(function() return done end) until done
print(all(), r)
for k, v in ipairs { "a", "b", "c" } do
	do local u = v; add(function() u = u .. k; return u end) end
	if k == 2 then break end
end
print(all())
local function outer()
	local a, b = 1, 2
	local function get() return a, b end
	local function set(x, y) a, b = x, y end
	return get, set
end
local get, set = outer() set(5, get()) print(get())
-- goto out of nested loops, and forward over nothing
for i = 1, 3 do for j = 1, 3 do if i * j == 4 then print("found", i, j) goto out end end end
::out::
do goto e; local unused; ::e:: end
do goto f; local unused; ::f:: ; ::g:: end
-- shadowing and the scope of initialisers
local x = 1
local x = x + 1
do local x = x + 1 print(x) end
local function x2() return x end
local x2 = function(n) if n == 0 then return "outer" end return type(x2) end
print(x2(1), x)
local function fact(n) return n <= 1 and 1 or n * fact(n - 1) end
print(fact(10))
-- assignment order and swaps
local a, b, c = 1, 2
a, b, c = b, a, a
print(a, b, c)
local t, i = {}, 1
i, t[i] = i + 1, 20
print(i, t[1], t[2])
t = { 1, 2 } local old = t
t[1], t = 5, 6
print(old[1], t)
local p = { q = 1 }
p.q, p = 2, p.q
print(p)
do local a = { 1, 2, 3 } local i = 2 i, a[i], a[i + 1] = 3, a[i + 1], a[i] print(i, a[1], a[2], a[3]) end
-- values of calls in all places
local function three() return 1, 2, 3 end
local l1, l2, l3, l4 = three()
print(l1, l2, l3, l4, (three()), ({ three(), three() })[4], #{ three(), (three()) })
local m1, m2 = (three())
print(m1, m2, select("#", three(), three()), select("#", three(), nil), select("#", (three())))
local function pass(...) return ... end
print(pass(three(), pass(), three()), pass(pass(pass())))
print((function(...) local a, b = ..., "x" return a, b, select("#", ...) end)(7, 8, 9))
print((function(a, ...) a = a or 5; return a, ... end)(nil, 2))
local s = 0 for _, v in ipairs { three(), n = 1, three() } do s = s + v end print(s)
