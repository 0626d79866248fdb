local function roundtrip(f, strip, ...) return load(string.dump(f, strip), "=dumped", "b", ...) end
print(roundtrip(function(a, b) return a + b, a .. b, "text", 1.5, 3.0, 1 << 60, nil, true end)(3, 4))
print(roundtrip(function(...) local t = { ... } return #t, select("#", ...), ... end, true)(1, nil, 3))
local fact = roundtrip(function(n) local function f(n) if n < 2 then return 1 end return n * f(n - 1) end return f(n) end)
print(fact(10), fact(20))
local up, other = 5, 6
local f = roundtrip(function() up = (up or 0) + 1 return up, other, print end)
print(pcall(f)) print(debug.getupvalue(f, 1) , debug.getupvalue(f, 2), debug.getupvalue(f, 3))
debug.setupvalue(f, 1, 10) debug.setupvalue(f, 3, _G) print(f(), type(select(3, f())))
print(roundtrip(function() return print, up end, false, { print = "mine" })())
print(pcall(roundtrip(function() return up, print end, false, "first"))) print(roundtrip(function() return up end, false, "first")())
local g = roundtrip(function() local x <close> = setmetatable({}, { __close = function() print("closed") end }) return 1 end) print(g())
print(pcall(roundtrip(function() local x <close> = setmetatable({}, { __close = function(_, e) print("closed", e) end }) error("out") end)))
print(pcall(roundtrip(function() local x <close> = 5 end)))
for _, strip in ipairs { false, true } do
  local h = roundtrip(function(a) local b = a.x.y return b end, strip)
  print(pcall(h, {})) local i = debug.getinfo(h) print(i.short_src, i.linedefined, i.nups, i.nparams, i.isvararg, i.what) print(debug.getlocal(h, 1))
  print(pcall(roundtrip(function() error("msg") end, strip))) print(pcall(roundtrip(function() error({}, 2) end, strip)) == false)
end
local co = coroutine.wrap(roundtrip(function(n) for i = 1, n do coroutine.yield(i) end return "end" end)) print(co(2), co(), co())
print(roundtrip(function() goto x do return 1 end ::x:: for i = 3, 1, -1 do if i == 2 then goto y end end ::y:: while true do break end repeat local z = 1 until z return "goto" end)())
print(roundtrip(function() _ENV = { a = 7 } return a, _ENV.a end)())
print(pcall(string.dump, print)) print(pcall(string.dump)) print(load("\27Lua", "=bad", "b")) print(load("\27Luax", "=bad", "t")) print(load("return 1", "=t", "b"))
local d = string.dump(function() return 1, 2, 3 end)
for i = 1, #d - 1 do local ok, msg = load(d:sub(1, i), "=bad", "b") if ok or not msg:find("truncated") then print(i, msg) end end
print(#string.dump(function() local long = 1 return long end, true) < #string.dump(function() local long = 1 return long end))
local inner = roundtrip(function() return function() return function(x) return x * 2 end end end) print(inner()()(21))
print(load(string.dump(load("x = ... return x, select('#', ...)", "=main")), "n", "b")(9), x)
for k, v in pairs { 1, 2 } do print(roundtrip(function(t) local s = 0 for i, v in ipairs(t) do s = s + v end for k in pairs(t) do s = s + k end return s end)({ 10, 20 })) end
print(roundtrip(function() return ("x"):rep(3), #"abc", -(2), not nil, 7 // 2, 7 % 3, 2 ^ 3, 5 & 3, 5 | 3, 5 ~ 3, ~5, 1 << 4, 256 >> 4, 1 < 2, "a" .. 1 .. "b" end)())
