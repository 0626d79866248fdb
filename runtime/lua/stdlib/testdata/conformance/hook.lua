local function log(f, mask, count, ...)
  local t = {}
  debug.sethook(function(e, l)
    local i = debug.getinfo(2, "Snl")
    t[#t + 1] = e .. (l and ":" .. l or "") .. "(" .. tostring(i.name) .. "@" .. i.currentline .. ")"
  end, mask, count)
  local r = table.pack(pcall(f, ...))
  debug.sethook()
  print(table.concat(t, " "))
  print(table.unpack(r, 1, r.n))
end
local function leaf(x)
  local y = x + 1
  return y
end
log(function(n)
  for i = 1, n do
    leaf(i)
  end
  return n
end, "l", 0, 2)
log(function() leaf(1) string.len("x") return leaf(2) end, "c")
log(function() leaf(1) string.len("x") return leaf(2) end, "r")
log(function() return string.len("x") end, "cr")
log(function()
  local a = setmetatable({}, {__index = function(t, k) return k end, __add = function() return 7 end})
  return a.x, a + 1
end, "crl")
log(function() local co = coroutine.wrap(function() leaf(1) coroutine.yield() leaf(2) end) co() co() leaf(3) end, "c")
log(function() error("out") end, "cr")
log(function() while true do local x = 1 break end if x then
 x = 1 end
 repeat
   local z = leaf(1)
 until z
end, "l")
do local n = 0 debug.sethook(function() n = n + 1 end, "", 100) for i = 1, 10000 do end debug.sethook() print(n > 90 and n < 500) end
print(pcall(function() debug.sethook(function() error("stop") end, "", 1000) while true do end end)) debug.sethook()
print(debug.gethook())
local co = coroutine.create(function(a) local b = leaf(a) coroutine.yield(b) return leaf(b) end)
local seen = {}
local function h(e, l) seen[#seen + 1] = e .. (l or "") end
debug.sethook(co, h, "l") print(debug.gethook() == nil, debug.gethook(co) == h, select(2, debug.gethook(co)))
print(coroutine.resume(co, 1)) print(coroutine.resume(co)) print(table.concat(seen, " "))
local nothing = 1
print(debug.gethook(), pcall(debug.sethook, 1, "l"))
print(select("#", debug.gethook()))
local depth = 0
debug.sethook(function(e) local f = debug.getinfo(2, "f").func if f == leaf then local n, v = debug.getlocal(2, 1) print(e, n, v) debug.setlocal(2, 1, 41) end end, "c")
print(leaf(5)) debug.sethook()
-- a script that steps
local function target(a) local s = 0 for i = 1, a do s = s + i end return s end
local lines = 0 debug.sethook(function(e, l) lines = lines + 1 end, "l") target(3) debug.sethook() print(lines)

-- A loop that steps by itself tells its hook of next all the same.
do
	local n = 0
	debug.sethook(function() n = n + 1 end, "c")
	for k in pairs { 1, 2, 3 } do end
	debug.sethook()
	print(n)
end
