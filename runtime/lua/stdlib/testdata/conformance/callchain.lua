local n = 100
local function foo() if n == 0 then return 1023 else n = n - 1; return foo() end end
for i = 1, 3 do foo = setmetatable({}, {__call = foo}) end
print(pcall(function() return foo() end))
local function args(...) return select("#", ...), ... end
local a = setmetatable({}, {__call = args, __name="A"})
local b = setmetatable({}, {__call = a, __name="B"})
local c = setmetatable({}, {__call = b})
local function show(...) local t = table.pack(...) for i=1,t.n do t[i] = t[i]==a and "a" or t[i]==b and "b" or t[i]==c and "c" or tostring(t[i]) end print(table.concat(t, " ")) end
show(c(1, 2)) show(c()) show(pcall(c, 7)) show((c(1))) 
show(c(table.unpack({1,2,3}))) local x, y, z = c("q") show(x, y, z)
local t = {c = c} show(t.c(5)) show(t:c(5))
show(select(2, coroutine.resume(coroutine.create(function(...) return c(...) end), 9)))
show(xpcall(c, print, 3))
for i, v in setmetatable({}, {__call = function(_, _, i) i = (i or 0) + 1 if i < 3 then return i, "it" end end}) do print(i, v) end
print(pcall(setmetatable({}, {__call = 5})))
print(pcall(function() local q = setmetatable({}, {__call = setmetatable({}, {})}) q() end))
local idx = setmetatable({}, {__index = c}) show(idx.k)
print(#select(2, pcall(string.gsub, "abc", "b", c)) > 0)
local add = setmetatable({}, {__add = c}) show(add + 1)
