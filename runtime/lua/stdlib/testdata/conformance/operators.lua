-- What operators do with metamethods, and how they fail.
local function try(f,...) local t={pcall(f,...)}; for i=1,#t do t[i]=tostring(t[i]) end print(table.concat(t," ")) end
local A={__lt=function(a,b) return "lt" end,__le=function() return nil end,__eq=function(a,b) print"eqA" return 1 end,__len=function(a,b) return a==b and 7 or 8 end,__unm=function(a,b) return rawequal(a,b) end}
local B={__eq=function(a,b) print"eqB" return false end}
local a=setmetatable({},A); local b=setmetatable({},B); local c=setmetatable({},A)
print(a<1,1<a,a<"x","x"<a,a<=1,1>=a, a<b,b<a,b<=a, a>b)
print(a==b,b==a,a==c,a~=b,b~=a,a==1,a=="x",a==nil, b==setmetatable({},{}))
print(#a,-a)
try(function() return 1<"x" end) try(function() return {}<{} end) try(function() return {}<1 end) try(function() return nil<1 end) try(function() return 2<=nil end)
try(function() local x={} local y; return x.z<y end)
try(function() return "a"<1 end)
try(function() return 1%0 end) try(function() local x=5 return x%0 end) print((1.5%0 ~= 1.5%0), math.huge%0 ~= math.huge%0)
try(function() return 6.5%math.huge, -5%-3, -5%3, 5%-3, 5.5%-2 end)
local C=setmetatable({},{__lt=setmetatable({},{__call=function(self,x,y) return x==1 end}), __eq=setmetatable({},{__call=function() return true end}),__len=setmetatable({},{__call=function(s,x) return x end})})
print(1<C, C<1, C=={}, #C==C)
local D=setmetatable({},{__lt=5,__eq=5,__len=5,__unm="x"})
try(function() return D<D end) try(function() return D=={} end) try(function() return #D end) try(function() return -D end) try(function() return -{} end) try(function() local q return #q end) try(function() return #5 end)
try(function() return -"2", -"0x10", -"abc" end)
try(function() return - "2" end)
-- yields in metamethods
local Y=setmetatable({},{__lt=function() return coroutine.yield("lt") end,__eq=function() return coroutine.yield"eq" end,__len=function() return coroutine.yield"len" end,__unm=function() return coroutine.yield "unm" end,__le=function() return coroutine.yield "le" end})
local co=coroutine.wrap(function() return Y<1, Y=={}, #Y, -Y, Y<=2, not (Y<1) end)
print(co()) print(co(true)) print(co(1)) print(co(2)) print(co(3)) print(co(nil)) print(co(false))
local co=coroutine.wrap(function() if Y<1 then print"yes" else print"no" end while Y==({}) do print "loop" end return "end" end)
print(co()) print(co(true)) print(co(true)) print(co(false))
table.sort({3,1,2},function(x,y) return x<y end)
local t={a,c,a}; print(pcall(table.sort,t))
print(math.max(1,2), ("x"):rep(3)<"xy", "a\0b"<"a\0c", "Z"<"a")
print(0/0==0/0, 0/0<1, 1<0/0, -0.0==0.0, 1==1.0, math.mininteger<math.maxinteger)
local z=setmetatable({},{__concat=function(a,b) return coroutine.yield("c") end,__add=function(a,b) return coroutine.yield("a") end,__index=function(t,k) return coroutine.yield("i") end,__newindex=function(t,k,v) coroutine.yield("n") end,__call=function(...) return coroutine.yield("call") end})
local co=coroutine.wrap(function() local r={z.."a","b"..z,z+1,z.k,z(1)} z.q=1 return table.unpack(r) end)
print(co()) for i=1,6 do print(co(i)) end
try(function() local s="10" return s+1,s*"2",-s,10 .."", s//3, s%3, "0x10"+0, " 5 "*1 end)
try(function() return "a"+1 end) try(function() return {}+1 end) try(function() return 1+nil end) try(function() return "a".. {} end)
try(function() return 1 & 1.5 end) try(function() return 1 & "3" end) try(function() return 1 & "x" end)
local t=setmetatable({},{__lt=function(a,b) return a.v<b.v end,__le=function(a,b) return a.v<=b.v end})
local mt2=getmetatable(t); local list={} for i=1,50 do list[i]=setmetatable({v=(i*37)%50},mt2) end table.sort(list) for i=2,50 do assert(list[i-1].v<=list[i].v) end
try(table.sort,{1,"a",2})
try(function() for i=1,"x" do end end) try(function() for i=1,10,0 do end end)
local e=setmetatable({},{__eq=function() return true end})
print(e==setmetatable({},{}), setmetatable({},{})==e, e~={}, rawequal(e,{}), ({[e]=1})[e])
print(pcall(function() local a <const> = 5; return a<e end))
print(pcall(next,{},"nope"))
-- metamethods that are tables with a __call
local function callableFor(name) return setmetatable({}, { __call = function(self, x, y) return name .. (type(x) == "table" and "t" or tostring(x)) .. (type(y) == "table" and "t" or tostring(y)) end }) end
local E=setmetatable({},{__add=callableFor"add",__sub=callableFor"sub",__mul=callableFor"mul",__div=callableFor"div",__mod=callableFor"mod",__pow=callableFor"pow",__idiv=callableFor"idiv",__concat=callableFor"concat",__band=callableFor"band",__shl=callableFor"shl"})
print(E+1,1-E,E*E,E/2,E%0,2^E,E//3,E.."x","x"..E,E&1,E<<2)
try(function() return setmetatable({},{__add=5})+1 end) try(function() return setmetatable({},{__concat={}}).."x" end)
