-- _ENV as a local variable, a parameter, an upvalue, and assigned to.
local print, setmetatable, _G, load, pcall, select = print, setmetatable, _G, load, pcall, select
x = "global"
print(_ENV == _G, _ENV.x, _ENV["x"], _G.x)
do local _ENV = { x = "inner" }; print(x); x = "changed"; print(x, y) end
print(x)
local function sandbox(_ENV) a = b; return a end
print(sandbox { b = 5 })
local function make() local _ENV <const> = { n = 0 }; return function() n = n + 1 return n end end
local inc = make() print(inc(), inc(), n)
local env = setmetatable({}, { __index = function(_, k) return "missing " .. k end })
do local _ENV = env; print(foo); function bar() return baz end; print(bar()) end
print(pcall(function() local _ENV = nil; return x end))
print(pcall(function() local _ENV = {}; return x.y end))
print(pcall(function() local _ENV = { f = {} }; f.g() end))
local function upper() return up end
local chunk = load("x = 1; local function f() return x end; _ENV = { x = 2 }; return f(), x", "=c", "t", { x = 0 })
print(chunk())
local t = { x = 7 }
print(load("return x, _ENV.x", "=c", "t", t)(), load("y = 3", "=c", "t", t)(), t.y)
