local function try(f, ...) print(pcall(f, ...)) end
print(type(nil), type(1), type("x"), type({}), type(print), type(coroutine.create(print)), type(true), type(io.stdout))
try(type) try(print) print(print == print, tostring(nil), tostring(true), tostring(12), tostring("x"), tostring(-1.5))
print((tostring({}):gsub("0x%x+", "ADDR")), (tostring(print):gsub("0x%x+", "ADDR")), (tostring(coroutine.create(print)):gsub("0x%x+", "ADDR")))
print(tostring(setmetatable({}, {__tostring = function() return "T" end})), (tostring(setmetatable({}, {__name = "My"})):gsub("0x%x+", "ADDR")))
try(tostring) try(tostring, setmetatable({}, {__tostring = function() return {} end}))
-- assert, error
print(assert(1, 2, 3)) try(assert, false) try(assert, nil, "msg") try(assert, false, {}) try(assert) print(select(2, pcall(assert, false, 42)))
try(error) try(error, "m") try(error, "m", 0) try(error, "m", 2) try(error, {}, 1) try(error, nil) print(select("#", pcall(error)))
local function lvl(n) error("here", n) end
for i = 0, 4 do print(pcall(function() lvl(i) end)) end
local e = setmetatable({}, {__tostring = function() return "E" end}) print(select(2, pcall(error, e)) == e)
print(pcall(function() error("x" .. 1) end)) print(pcall(function() error() end))
-- pcall, xpcall
print(pcall(function(...) return ... end, 1, nil, 3)) try(pcall) print(pcall(pcall)) print(pcall(pcall, error, "x")) print(pcall(nil)) print(pcall(5)) print(pcall({}))
print(pcall(setmetatable({}, {__call = function(_, a) return "called", a end}), 7))
print(xpcall(function(a, b) return a + b end, print, 1, 2)) print(xpcall(function() error("e") end, function(m) return "H:" .. m end)) print(xpcall(error, function(m) return m end, "x"))
try(xpcall) try(xpcall, print) try(xpcall, print, 5)
print(xpcall(function() local x = nil; return x.y end, function(m) return m end))
print(xpcall(nil, function(m) return "h " .. tostring(m) end))
print(select(2, xpcall(function() error("a") end, function(m) error("b") end)) ~= nil)
do local r = {} for i = 1, 3 do local ok, v = pcall(function() if i == 2 then error({code = i}) end return i end) r[i] = ok and v or v.code end print(table.concat(r, ",")) end
-- select
print(select(2, "a", "b", "c")) print(select(-2, "a", "b", "c")) print(select("#")) print(select(4, 1, 2, 3)) try(select, 0) try(select, -5, 1) try(select) try(select, "x") try(select, 1.5)
-- raw
local t = setmetatable({}, {__index = function() return 1 end, __newindex = function() error("no") end, __len = function() return 9 end, __eq = function() return true end})
print(t.x, rawget(t, "x"), rawset(t, "x", 5) == t, t.x, rawlen(t), #t, rawlen("abc"), rawequal(t, t), rawequal(t, {}), t == setmetatable({}, getmetatable(t)))
try(rawget, 1, 2) try(rawset, {}, nil, 1) try(rawset, {}, 0 / 0, 1) try(rawset, {}, 1) try(rawlen, 5) try(rawequal, 1) try(rawget, {})
try(function() local t = {} t[nil] = 1 end) try(function() local t = {} t[0 / 0] = 1 end) print(({})[nil])
-- metatables
try(setmetatable, {}) try(setmetatable, {}, 1) try(setmetatable, 1, {}) print(getmetatable("").__index == string, getmetatable({}), getmetatable(1)) try(getmetatable)
local p = setmetatable({}, {__metatable = "locked"}) print(getmetatable(p)) try(setmetatable, p, {}) try(setmetatable, p, nil)
local c = setmetatable({}, {__call = function(self, a, b) return a, b end, __unm = function() return "neg" end, __concat = function(a, b) return "cat" end, __add = function() return "add" end, __eq = function() return true end, __lt = function() return true end, __le = function() return false end, __idiv = function() return "idiv" end, __band = function() return "band" end, __shl = function() return "shl" end, __bnot = function() return "bnot" end, __mod = function() return "mod" end, __pow = function() return "pow" end, __div = function() return "div" end})
print(c(1, 2), -c, c .. "x", "x" .. c, 1 .. c, c + 1, 1 + c, c // 1, c & 1, c << 1, ~c, c % 1, c ^ 1, c / 1, c < c, c <= c, c > c, c >= c, c == setmetatable({}, getmetatable(c)), c ~= c)
local idx = setmetatable({}, {__index = setmetatable({a = 1}, {__index = {b = 2}})}) print(idx.a, idx.b, idx.c)
local ni = {} local nx = setmetatable({}, {__newindex = ni}) nx.a = 1 print(rawget(nx, "a"), ni.a)
local loop = {} setmetatable(loop, {__index = loop}) print(pcall(function() return loop.x end))
-- load
print(load("return 1 + 1")()) print(load("return ...", "c", "t")(5, 6)) print(load(function() return nil end)) print(load("x =")) print(load("x = = 1", "=chunk")) print(load("x = = 1", "@file.lua")) print(load("x = = 1", "some\nlines"))
local parts = {"return ", "1", "+2"} local i = 0 print(load(function() i = i + 1 return parts[i] end)())
print(pcall(load, function() return {} end)) print(pcall(load, 5)) print(load("\27Lua", "b", "t")) print(load("return 1", "x", "b")) print(pcall(load("error('e')", "=n"))) print(pcall(load("error('e')", "@f.lua"))) print(pcall(load("error('e')")))
local env = {y = 7} print(load("return y", "c", "t", env)(), load("y = 8 return y", "c", "t", env)(), env.y) print(load("return _ENV", "c", "t", env)() == env) print(pcall(load("return x", "=c", "t", nil)))
print(pcall(load, function() error("boom", 0) end))
print(dofile == nil, pcall(dofile, "/nonexistent/x.lua")) print(loadfile("/nonexistent/x.lua")) 
-- require
print(pcall(require)) print(require("string") == string, package.loaded._G == _G) package.preload.foo = function(...) print("loader", ...) return {v = 1} end print(require("foo").v, select(2, require("foo"))) package.preload.bar = function() end print(require("bar")) package.preload.baz = function() package.loaded.baz = "set" end print(require("baz")) print(package.config:sub(1, 1), type(package.searchers), #package.searchers, type(package.path))
package.path = "./?.nope;/x/?.lua" package.cpath = "./?.so" print(select(2, pcall(require, "a.b"))) print(package.searchpath("a.b", "./?.nope;./?/x")) print(package.searchpath("a.b", "?;", ".", "_")) package.loaded.foo = nil print(require("foo").v)
-- goto, integer division, closures in loops
local fns = {} for i = 1, 3 do fns[i] = function() i = i + 1 return i end end print(fns[1](), fns[1](), fns[2]())
for i = 1, 3 do for j = 1, 3 do if j == 2 then goto continue end io.write(i, ":", j, " ") ::continue:: end end print()
-- collectgarbage
print(type(collectgarbage("count")), collectgarbage(), collectgarbage("isrunning"), collectgarbage("incremental"), collectgarbage("generational"), collectgarbage("incremental"), collectgarbage("stop"), collectgarbage("isrunning"), collectgarbage("restart"), collectgarbage("setpause", 100), collectgarbage("setstepmul", 200)) try(collectgarbage, "nope")
print(_VERSION, _G._G == _G)
-- errors that name the variable
local function msg(f) print(select(2, pcall(f))) end
local loc = {} msg(function() local x; x() end) msg(function() nope() end) msg(function() loc.a.b = 1 end) msg(function() return loc.a.b end) msg(function() loc.a() end) msg(function() loc:m() end) msg(function() return loc + 1 end) msg(function() return loc .. "x" end) msg(function() return #nil end) msg(function() return nope.x end) msg(function() nope.x = 1 end) msg(function() return -loc end) msg(function() return loc < 1 end) msg(function() return 1 < "x" end) msg(function() return nil > 1 end) msg(function() return ("x")() end) msg(function() string.nope() end) msg(function() return loc.a + 1 end) msg(function() return 1 + loc.a end) msg(function() for i = 1, "x" do end end) msg(function() for i = 1, 10, 0 do end end) msg(function() for i = "a", 10 do end end) msg(function() for k in 5 do end end) msg(function() for k in pairs(nil) do end end) msg(function() return 2^53 | 1.5 end) msg(function() local a <const> = 1; return a.b.c end) msg(function() return math.floor({}) end) msg(function() return ("x"):rep({}) end) msg(function() setmetatable(1, {}) end)
-- <close>
do
  local function closer(n) return setmetatable({}, {__close = function(_, e) print("close", n, e) end}) end
  do local a <close> = closer("a") local b <close> = closer("b") print("body") end
  print(pcall(function() local a <close> = closer("c") error("oops", 0) end))
  print((function() local a <close> = closer("d") return "ret" end)())
  print(pcall(function() local a <close> = 5 end))
  local a <close> = nil local b <close> = false
  for i = 1, 2 do local x <close> = closer(i) if i == 2 then break end end
  print(pcall(function() local a <close> = setmetatable({}, {__close = function(_, e) error("second", 0) end}) error("first", 0) end))
  for k in next, {1}, nil, closer("for") do end
end
warn("@on") warn("@off") print(pcall(warn)) print(pcall(warn, {}))
