local function try(f, ...) print(pcall(f, ...)) end
local co = coroutine.create(function(a, b) print("start", a, b) local c = coroutine.yield(a + b) print("got", c) local d, e = coroutine.yield(c * 2) return d, e end)
print(coroutine.status(co), coroutine.resume(co, 1, 2)) print(coroutine.status(co), coroutine.resume(co, 10)) print(coroutine.resume(co, "x", "y")) print(coroutine.status(co), coroutine.resume(co))
print(coroutine.resume(coroutine.create(function() error("e") end))) print(coroutine.resume(coroutine.create(function() error({}) end)) == false)
local w = coroutine.wrap(function(...) local n = select("#", ...) while true do n = n + select("#", coroutine.yield(n)) end end) print(w(1, 2), w(), w(nil, nil))
try(coroutine.wrap(function() error("in wrap") end)) try(coroutine.wrap(function() error({1}, 0) end)) local d = coroutine.wrap(function() end) d() try(d)
print(coroutine.isyieldable(), select(2, coroutine.running()), coroutine.wrap(function() return coroutine.isyieldable(), select(2, coroutine.running()) end)())
try(coroutine.yield, 1) try(coroutine.resume) try(coroutine.resume, 5) try(coroutine.create) try(coroutine.create, 5) try(coroutine.wrap, 5) try(coroutine.status, 5) try(coroutine.status)
-- status normal
local outer outer = coroutine.create(function() local inner = coroutine.create(function() print(coroutine.status(outer), coroutine.resume(outer)) end) print(coroutine.resume(inner)) end) coroutine.resume(outer)
print(coroutine.resume(coroutine.running()))
print(coroutine.wrap(function() return coroutine.resume(coroutine.running()) end)())
-- yields across everything
local function gather(f) local r, co = {}, coroutine.create(f) while true do local ok, v = coroutine.resume(co) if coroutine.status(co) == "dead" then r[#r + 1] = tostring(ok) .. ":" .. tostring(v) return table.concat(r, " ") end r[#r + 1] = tostring(v) end end
print(gather(function() print(pcall(function() coroutine.yield(1) error("x", 0) end)) return "end" end))
print(gather(function() return xpcall(function() coroutine.yield(1) error("x", 0) end, function(m) return "h" .. m end) end))
print(gather(function() local t = setmetatable({}, {__index = function(_, k) return coroutine.yield(k) end, __add = function() coroutine.yield("add") return 5 end, __call = function() coroutine.yield("call") end, __eq = function() coroutine.yield("eq") return true end, __lt = function() coroutine.yield("lt") return true end, __concat = function() coroutine.yield("cat") return "c" end, __len = function() coroutine.yield("len") return 1 end}) local _ = t.key, t + 1, t(), t == setmetatable({}, getmetatable(t)), t < t, t .. "x", #t return "done" end))
print(gather(function() for k in function() return coroutine.yield("iter") end do end return "ok" end))
-- close
co = coroutine.create(function() local x <close> = setmetatable({}, {__close = function(_, e) print("closed", e) end}) coroutine.yield() end) coroutine.resume(co) print(coroutine.close(co), coroutine.status(co), coroutine.close(co))
co = coroutine.create(function() local x <close> = setmetatable({}, {__close = function(_, e) error("in close", 0) end}) coroutine.yield() end) coroutine.resume(co) print(coroutine.close(co)) print(coroutine.close(co), coroutine.status(co))
co = coroutine.create(function() error("died", 0) end) coroutine.resume(co) print(coroutine.close(co)) print(coroutine.close(co))
print(coroutine.close(coroutine.create(print))) try(coroutine.close, coroutine.running()) try(coroutine.close) coroutine.wrap(function() try(coroutine.close, coroutine.running()) end)()
co = coroutine.create(function() local a <close> = setmetatable({}, {__close = function() print("a") end}) pcall(function() local b <close> = setmetatable({}, {__close = function() print("b") end}) coroutine.yield() end) print("never") end) coroutine.resume(co) print(coroutine.close(co))
-- a wrap in a for
local function range(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end local s = 0 for i in range(100) do s = s + i end print(s)
-- deep and many
local function rec(n) if n == 0 then return 0 end return 1 + coroutine.wrap(rec)(n - 1) end print(rec(100))
local cos = {} for i = 1, 1000 do cos[i] = coroutine.create(function() coroutine.yield(i) end) coroutine.resume(cos[i]) end print(#cos)
local function r() local c = coroutine.wrap(r) return c() end print(pcall(r) == false)
print(coroutine.resume(coroutine.create(function(...) return select("#", ...), ... end), nil, nil))
-- an error keeps upvalues
local x = 1 local function inc() x = x + 1 end pcall(error) inc() coroutine.resume(coroutine.create(function() error("x") end)) inc() print(x)
print(select("#", coroutine.resume(coroutine.create(function() return end))))
-- traceback of a suspended and of a failed coroutine
local function inner() coroutine.yield() end
co = coroutine.create(function() inner() error("bad") end) coroutine.resume(co) print(debug.traceback(co)) print(debug.traceback(co, "msg")) print(debug.traceback(co, nil, 1)) coroutine.resume(co) print(debug.traceback(co)) print(debug.traceback("hi", 1)) print(debug.traceback({}) ~= nil, debug.traceback(nil) ~= nil)
