local x=1; local function inc() x=x+1 end; pcall(error,'b'); inc(); print(x)
local r = 5; local A, B = nil, 3; r = A and B; print(r)
r = A or B; print(r)
do local a = false; local t = {v=false}; r = t.v and 5; print(r) end
local a, b = 1, 2
a, b = a+1, a+b print(a,b)
local function g(...) return ... end
local function f(p, q) q, p = g(1), g(2) p, x = g(7), g(8) return p, q, x end
print(f(3))
for i = 1, 3 do if false then print"no" end print(i) end
local function ff() return "outer" end
do local ff = function() return ff and ff() end print(ff()) end
local t = {} for i=1,3 do local j = i; t[i] = function() j = j + 1; return j end if i == 2 then break end end print(t[1](), t[1](), t[2]())
for i=1,3 do for j=1,3 do if j == 2 then goto continue end t[#t+1]=function() return i*10+j end ::continue:: end end
for i=1,#t do print(t[i]()) end print()
print(7//2, -7//2, 7%-3, -7%3, 7.5//2, 1<<10, 0xff&0x0f, 0xf0|0x0f, 5~3, ~0, 256>>4)
print(pcall(function() return 1 & 1.5 end))
print(pcall(function() local x; return 1 & x end))
print(pcall(function() local x; return x.y end))
print(pcall(function() return foo.bar end))
print(pcall(function() foo.bar() end))
print(pcall(function() foo() end))
print(pcall(function() t.x.y.z = 1 end))
print(pcall(function() t.x.y() end))
print(pcall(function() t:nope() end))
print(pcall(function() local s; return "a" .. s end))
print(pcall(function() local s; return s + 1 end))
print(pcall(function() return t.q + 1 end))
print(pcall(function() return #t.q end))
print(pcall(function() return -t.q end))
print(pcall(function() return nil < 1 end))
print(pcall(function() return {} < {} end))
print(pcall(function() for i = 1, "x" do end end))
print(pcall(function() for i = "a", 2 do end end))
print(pcall(function() for i = 1, 2, 0 do end end))
print(pcall(function() for i = 1, 2, {} do end end))
print(pcall(function() for k in 5 do end end))
do
  local mk = function(n) return setmetatable({}, {__close=function(_, e) print("close", n, e) end}) end
  do local a <close> = mk "a"; local b <close> = mk "b"; print "in" end
  for i = 1, 2 do local c <close> = mk("c"..i); if i == 2 then break end end
  local function r() local d <close> = mk "d"; local e <close> = mk "e"; return g(1,2,3) end
  print(r())
  local function r() local d <close> = mk "d"; return 1, 2 end
  print(r())
  print(pcall(function() local d <close> = mk "d"; local e <close> = mk "e"; error("boom", 0) end))
  print(pcall(function() local d <close> = 5 end))
  for k in next, {1}, nil, mk "forclose" do print(k) end
  local function rr() for k in next, {1}, nil, mk "forclose" do return g(k, 2) end end
  print(rr())
  for i = 1, 2 do do local z <close> = mk("z"..i) goto cont end ::cont:: end
  for i = 1, 2 do if i == 1 then goto cont end local z <close> = mk("y"..i)  ::cont:: end
end
local function env() local _ENV = {x=5, print=print}; print(x); x = 6; return x end print(env(), x)
print(_ENV == _G, _ENV.x, _ENV["x"])
local big = {} for i = 1, 30000 do big[i] = i end
local s = "return {" .. table.concat(big, ",") .. "}"
print(#load(s)(), load(s)()[29999])
print((g(1,2,3)), ((g(4,5))))
print(g(1,2), g(3,4))
print(#{g(1,2), g(3,4), n=5})
print(not nil == true, not (1 == 2), 1 == 2 or 3, nil and 1 or 2, false == nil)
local z = 1 < 2 and "yes" or "no" print(z)
local function va(...) local a, b = ... ; return select('#', ...), a, b, ... end
print(va(1, nil, 3))
repeat local q = 5; local fq = function() return q end until fq() == 5
while true do local w = 1; local fw = function() return w end; if fw() then break end end
print(2^10, 10/4, "10"+5, 1e3, 0x10, 0xA.8p0)
print("\x41\z
   B\u{48}\65\n")
goto done
do print "skipped" end
::done:: print "done"
print(pcall(load, "x = "))
