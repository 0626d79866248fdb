-- Calls, returns and fields, in the shapes that a machine likes to do by a
-- shorter way: at every depth of the call stack, with more and fewer arguments
-- and results than are wanted, with and without captured locals.

local function give(n, ...) if n == 0 then return ... end return give(n - 1, n, ...) end
local function count(...) return select("#", ...) end
local function second(a, b) return b end
local function nothing() end

for depth = 0, 40 do
	local function down(n)
		if n == 0 then
			local a, b, c = give(2)
			local x = (give(3))
			local none = nothing()
			return a, b, c, x, none, count(give(5)), second(1), second(1, 2, 3), count(nothing())
		end
		local keep = n
		local function captured() keep = keep + 1 return keep end
		captured()
		local t = { down(n - 1) }
		if keep ~= n + 1 then error "a captured local was lost" end
		return table.unpack(t, 1, 9)
	end
	if depth % 8 < 2 or depth == 40 then print(depth, down(depth)) end
end

-- errors and their places, at every depth
local function fails(n) if n == 0 then local t t.x = 1 end return (fails(n - 1)) end
for n = 0, 20, 5 do print(n, select(2, pcall(fails, n))) end
local function deepcall(n) if n == 0 then return pcall(error, "bottom") end local ok, e = deepcall(n - 1) return ok, e end
for n = 0, 17 do local ok, e = deepcall(n) if ok or e ~= "bottom" then print("wrong", n) end end

-- captured locals after their function has returned, in a loop
local list = {}
for i = 1, 20 do local j = i * 2 list[i] = function(d) j = j + (d or 0) return j end end
list[3](5)
print(list[3](), list[4](), list[20](1), list[20]())

-- fields through chains of tables
local chain = { deep = "found", f = function(self, x) return self.name, x end }
for i = 1, 12 do chain = setmetatable({ ["own" .. i] = i }, { __index = chain }) end
chain.name = "top"
print(chain.deep, chain.own1, chain.own12, chain.missing, chain:f(3))
local computed = setmetatable({}, { __index = function(t, k) return k .. "!" end, __newindex = function(t, k, v) rawset(t, k, v .. "?") end })
computed.a = "x" computed[1] = "y"
print(computed.a, computed.b, computed[1], computed[2], computed[1.5])
local shadow = setmetatable({}, { __newindex = list })
shadow.x = 1 shadow[50] = 2
print(rawget(shadow, "x"), list.x, rawget(shadow, 50), list[50])
local nilled = setmetatable({ k = 1 }, { __index = { k = 2 } })
nilled.k = nil
print(nilled.k)
print(("x").rep("ab", 2), ("%d"):format(3), #"abc", ("abc").missing)
print(select(2, pcall(function() return (5).x end)))
print(select(2, pcall(function() local s = "x" s.y = 1 end)))

-- arrays: ends, holes, keys of several kinds
local a = {}
for i = 1, 10 do a[i] = i end
a[11] = 11 a[5] = nil a[12.0] = 12 a["1"] = "text" a[2.5] = "half" a[0] = "zero" a[-1] = "minus"
print(a[11], a[5], a[12], a[1], a["1"], a[2.5], a[0], a[-1], a[13], #{ 1, 2, nil, 4 })
local grown = {}
for i = 1, 100 do grown["f" .. i] = i end
for i = 1, 100, 3 do grown["f" .. i] = nil end
local n, sum = 0, 0
for k, v in pairs(grown) do n, sum = n + 1, sum + v end
print(n, sum, grown.f1, grown.f2)
local e = {} e.x = nil print(next(e)) e.y = 1 print(next(e)) e.y = nil print(next(e))

-- comparisons and arithmetic
local nan = 0 / 0
print(nan == nan, nan < nan, nan <= nan, nan ~= nan, 1 < nan, 1 == 1.0, "1" == 1, nil == false, "a" < "b")
print(2^53 + 1 - 2^53, 7 // 2, 7 % 3, -7 % 3, "10" + 5, 3 - "1", "2" * "3", 1 / 2)
print(pcall(function() return {} < 1 end))
print(pcall(function() return 1 + nil end))
print(select(2, pcall(function() local t = {} return t.a.b end)))

-- numeric loops
for i = 10, 1, -3 do io.write(i, " ") end
for i = 1, 0 do io.write "never " end
for i = 0.5, 2.5, 0.5 do io.write(i, " ") end
for i = 3, 1 do io.write "never " end
for i = 1, 3 do local j = i i = i * 10 io.write(i, ":", j, " ") end
print()
print(pcall(function() for i = 1, 10, 0 do end end))
print(pcall(function() for i = 1, "x" do end end))
local function loops() for i = 1, 3 do for j = 1, 3 do if j == 2 then return i, j, give(3) end end end end
print(loops())
