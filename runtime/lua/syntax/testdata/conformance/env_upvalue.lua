-- _ENV is an upvalue like any other: it has a number, an identity, and can be joined.
local function names(f) local t = {} for i = 1, 9 do local n = debug.getupvalue(f, i) if not n then break end t[i] = n end return table.concat(t, " ") end
local a, b = 1, 2
print(names(function() return a, b end), names(function() return a, print, b end), names(function() return print end))
print(names(function() return function() return a, x end end), names(function() local _ENV = {} return x end))
print(debug.getinfo(function() return a, print end, "u").nups, debug.getinfo(function() return a end, "u").nups)
local f = load("x = 1; local function g() return x end; _ENV = { x = 2 }; return g, x, _ENV", "=c", "t", { x = 0 })
print(names(f), select(2, debug.getupvalue(f, 1)).x)
local g, x, env = f()
print(g(), x, env.x, select(2, debug.getupvalue(f, 1)) == env, debug.upvalueid(f, 1) == debug.upvalueid(g, 1))
print(debug.setupvalue(g, 1, { x = "set" }), g(), debug.getupvalue(f, 1), f ~= g)
local one, two = load("return x", "=one", "t", { x = 1 }), load("return x", "=two", "t", { x = 2 })
print(one(), two(), debug.upvalueid(one, 1) == debug.upvalueid(two, 1))
debug.upvaluejoin(one, 1, two, 1)
print(one(), two(), debug.upvalueid(one, 1) == debug.upvalueid(two, 1))
debug.setupvalue(two, 1, { x = 3 })
print(one(), two())
local mine = { x = "mine" }
local function uses() return mine end
debug.upvaluejoin(one, 1, uses, 1)
print(one(), two()) mine = { x = "new" } print(one())
debug.setupvalue(one, 1, { x = "back" }) print(mine.x, uses().x)
local other = load("y = 1 return function() return y end", "=o", "t", { })()
debug.upvaluejoin(uses, 1, other, 1)
print(type(uses()), uses().y, other()) debug.setupvalue(other, 1, { y = 5 }) print(uses().y, mine.x)
for _, v in ipairs { "text", 5, true, print } do print(pcall(load("return x", "=v", "t", v))) print(pcall(load("x = 1", "=v", "t", v))) end
print(pcall(load("return x", "=n", "t", nil))) print(pcall(load("x.y = 1", "=n", "t", nil))) print(pcall(load("return _ENV", "=n", "t", nil)))
local h = load("local function f() _ENV = 5 end f() return pcall(function() return x end)", "=h", "t", { pcall = pcall })
print(pcall(h))
local function sets() _ENV = setmetatable({ own = 1 }, { __index = _ENV }) end
local before = _ENV sets() print(own, _ENV == before, before.own) _ENV = before print(own)
local m = {} do local _ENV = m function made() return _ENV, name end name = "n" end
print(m.made() == m, select(2, m.made()), names(m.made), debug.setupvalue(m.made, 1, { name = "o" }), select(2, m.made()), _ENV ~= m)
print(names(load("return 1")), names(string.len), debug.getupvalue(load("return 1"), 2))
function _ENV.declared() return "d" end print(declared())
print(pcall(debug.upvaluejoin, one, 2, two, 1)) print(pcall(debug.upvaluejoin, one, 1, two, 2)) print(debug.upvalueid(one, 2), debug.setupvalue(one, 2, 1))
a, _ENV, b = 10, _ENV, 20 print(a, b)
