-- Operators: priorities, integers, coercions and metamethods.
print(2 ^ 3 ^ 2 == 512, -2 ^ 2 == -4, not nil == true, 1 .. 2 == "12", 2 + 3 * 4 % 5, "a" .. "b" == "ab" and 1 or 2)
print(1 | 2 ~ 3 & 4 << 1, 5 & 3 == 1 or 2, ~5 & 0xff, 1 << 4 >> 2, 3 ~ 5 ~ 6, -1 >> 60, 1 << 62, 1 << 64, 1 << -1, 2 >> -1)
print(7 // 2, -7 // 2, 7 // -2, -7 // -2, 7 % 3, -7 % 3, 7 % -3, -7 % -3, 7.5 // 2 == 3, -7.5 % 2)
print(0xff, 0XA, 0x.8p1 == 1, 0xA.8, 1e2 == 100, .5, 3., 0x10p2 == 64, 1e-2, 0xffffffffffff)
print("10" + 5, "0x10" * 2, "3" ^ 2 == 9, 10 .. "", "1e1" + 0 == 10, " 5 " * 1, -"2", 10 // "3")
print(1 == 1.0, "1" == 1, 0 == -0, 1 < 2, "a" < "b", "Z" < "a", "" < "a", "a\0b" > "a", 2 >= 2)
print(1 and 2, nil and 1, false or "x", nil or false, 1 or error(), nil and error(), not 1, not not nil)
local n, f, t0 = nil, false, 0
print(n and n.x or "d", f == nil, t0 and "zero is true", (n or f) == false, (f or n) == nil)
local r = n and 1; print(r); r = f and 1; print(r); r = t0 or 1; print(r); r = n or f; print(r)
local q = 5; q = n and q; print(q); q = 7; q = q and n or q; print(q); q = not q; print(q)
local x = 1 < 2; local y = 1 < 2 == true; local z = not (1 < 2) or n == nil; print(x, y, z)
local b1 = t0 == 0 and f ~= nil and (n == nil or error()); print(b1)
local mt = {}
for _, e in ipairs { "add", "sub", "mul", "div", "mod", "pow", "idiv", "band", "bor", "bxor", "shl", "shr", "concat" } do
	mt["__" .. e] = function(a, b) return e .. ":" .. type(a) .. ":" .. type(b) end
end
mt.__unm = function(a) return "unm" end
mt.__bnot = function(a) return "bnot" end
mt.__len = function() return 42 end
mt.__index = function(_, k) return k end
mt.__call = function(_, ...) return select("#", ...), ... end
local o = setmetatable({}, mt)
print(o + 1, 1 - o, o * o, o / 2, o % 2, o ^ 2, o // 2, 2 // o)
print(o & 1, 1 | o, o ~ o, o << 1, 1 >> o, ~o, -o, #o, o .. 1, "s" .. o, 1.5 .. o)
print(o.foo, o[1], o(1, nil), (o("a")))
print(pcall(function() return o < o end))
print(pcall(function() return 1.5 & 1 end))
print(pcall(function() return "a" | 1 end))
print(pcall(function() return 2 ^ 64 | 0 end))
-- \z, \x, \u, line ends and long strings
print("a\z
       b", "\x41\65\u{41}\u{20AC}", '\'"', "tab\tq", #"\0\0", [[
first newline dropped]], [==[ ]] ]=] ]==], "a\
b")
print(#"\u{7FFFFFFF}", "\u{10FFFF}" == "\244\143\191\191")
-- comments --[[ in between --]]
print( --[==[ inside
]] ]==] "after")
print(1 --[[x]] + --[[y]] 2)
;;; print(#"semicolons");
local a <const>, b <close> = 3, nil
print(a, b)
for i = 3, 1 do print "never" end
for i = 3, 1, -1 do io.write(i, " ") end
for i = 1, 2, 0.5 do io.write(i * 2 // 1 | 0, " ") end
for i = "1", "3" do io.write(i | 0, " ") end
print()
print(pcall(function() for i = 1, 10, 0 do end end))
print(pcall(function() for i = 1, {} do end end))
print(pcall(function() for i = 1, 2, n do end end))
