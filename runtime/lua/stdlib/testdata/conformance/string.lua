-- The string library: each line is a call and what it returns or raises.
local function show(...)
  local t = table.pack(...)
  for i = 1, t.n do
    local v = t[i]
    t[i] = type(v) == "string" and string.format("%q", v) or tostring(v)
  end
  print(table.concat(t, " ", 1, t.n))
end
local function try(f, ...) show(pcall(f, ...)) end

show(("hello"):sub(2, 3), ("hello"):sub(-3), ("hello"):sub(2, -2), ("hello"):sub(0), ("hello"):sub(10), ("hello"):sub(-100, 2), ("hello"):sub(3, 2), ("x"):sub(math.mininteger, math.maxinteger))
show(("hello"):byte(), ("hello"):byte(-1), ("hello"):byte(1, -1))
show(("hello"):byte(10), (""):byte(), ("abc"):byte(0, 2))
show(string.char(), string.char(65, 66, 255))
try(string.char, 256) try(string.char, -1) try(string.char, 1.5) try(string.char, "x")
show(("Hello World 123 äÖ"):upper(), ("Hello World 123 äÖ"):lower(), #"äö", ("abc"):reverse(), (""):reverse())
show(("ab"):rep(3), ("ab"):rep(3, "-"), ("ab"):rep(0), ("ab"):rep(-1), ("ab"):rep(1, "x"), (""):rep(100))
try(string.rep) try(string.rep, "x") try(string.rep, {}, 1) try(string.rep, "x", 1.5) try(string.rep, "x", "3")
try(string.rep, "x", 1e10) try(string.rep, "x", 1 << 40, "abc")
show(string.len("a\0b"), #"a\0b")

-- find
show(("hello world"):find("wor"), ("hello world"):find("o", 6), ("hello"):find("l", -2), ("hello"):find("xyz"))
show(("hello"):find(""), ("hello"):find("", 6), ("hello"):find("", 7), ("hello"):find("", 10), ("hello"):find("", -1), (""):find(""))
show(("a.b"):find(".", 1, true), ("a.b"):find("%."), ("a+b"):find("+", 1, true), ("a\0b"):find("\0"), ("a\0b"):find("%z"))
show(("hello"):find("l+"), ("hello"):find("(l)(l)"), ("hello"):find("()ll()"), ("  x"):find("^%s*"), ("abc"):find("^b"), ("abc"):find("b", 2), ("abc"):find("^b", 2))
show(("key = value"):match("^(%w+)%s*=%s*(%w+)$"), ("2024-01-15"):match("(%d+)-(%d+)-(%d+)"), ("abc"):match("b"), ("abc"):match("()b()"), ("abc"):match("x?"), ("abc"):match(".-"), ("abc"):match("a.-c"))
show(("f(a(b)c)d"):match("%b()"), ("THE (quick) fox"):find("%((%a+)%)"), ("[[x]]"):match("%[%[(.-)%]%]"), ("a]b"):match("[]]"), ("a-b"):match("[a%-]+"), ("a^b"):match("[%^]"), ("abc"):match("[^a]+"), ("x-y"):match("[x-]+"))
show(("THE (quick) fox"):gsub("%f[%a]%a+", "W"), ("hello"):match("%f[%w]%w+"), ("x"):find("%f[\0]"))
show(("abab"):match("^(ab)%1$"), ("'it'"):match("(['\"])(.-)%1"), ("aa"):find("(a)%1"))
for _, p in ipairs { "%", "[a", "[]", "[^]", "(", ")", "%b", "%bx", "%f", "(()", "%1", "(%1)", "a)", "[%", "[a-%", "%g(", "(a" } do
  try(string.find, "abcabc)", p) try(string.gsub, "abc", p, "")
end
show(("0123456789abcdefABCDEF ghij"):match("%x+"), ("ab\tcd\n"):match("%s"), ("a,b"):match("%p"), ("\1\2a"):match("%c+"), ("aB"):match("%u"), ("aB"):match("%l"), ("a1_"):match("%w+"), ("äx"):match("%a"), ("a b"):match("%g+"), ("1a"):match("%D"), ("a1"):match("%A"))
show(("aXb"):gsub("%u", "%%"), ("abc"):gsub("", "-"), ("abc"):gsub(".", {a = 1, b = "B", c = false}), ("abc"):gsub("%w", "%0%0"), ("abc"):gsub("(a)(b)", "%2%1"), ("hello world"):gsub("o", "0", 1), ("abc"):gsub("b", function() end), ("abc"):gsub("(b)()", function(a, b) return a .. b end))
show(("abc"):gsub("^a", "x"), ("aaa"):gsub("^a", "x"), ("abc"):gsub("c$", "x"), ("a b c"):gsub("%s*", "_"), ("abc"):gsub("b*", "-"), ("x"):gsub(".", "%1"))
show(("$name is $age"):gsub("%$(%w+)", {name = "Bob", age = 42}))
try(string.gsub, "abc", "a", "%2") try(string.gsub, "abc", "a", "%") try(string.gsub, "abc", "a", "%x") try(string.gsub, "abc", "(a", "x")
try(string.gsub, "abc", "a", {a = {}}) try(string.gsub, "abc", "a", function() return {} end) try(string.gsub, "abc", "a") try(string.gsub, "abc", "a", true) try(string.gsub)
show(("abc"):gsub("a", "b", 0), ("abc"):gsub("a", "b", -1), ("aaa"):gsub("a", "b", 2))
try(string.find, ("a"):rep(300000), ("a?"):rep(3000) .. "b")
try(string.find, "x", ("(x)"):rep(33))
local t = {} for k, v in ("a=1, b=2, c=3"):gmatch("(%w+)=(%w+)") do t[#t + 1] = k .. v end show(table.concat(t, ";"))
t = {} for w in ("one two  three"):gmatch("%a+") do t[#t + 1] = w end show(table.concat(t, ";"))
t = {} for p in ("abc"):gmatch("()") do t[#t + 1] = p end show(table.concat(t, ";"))
t = {} for a in ("abab"):gmatch("a*") do t[#t + 1] = "<" .. a .. ">" end show(table.concat(t))
t = {} for a in ("hello world"):gmatch("%w+", 3) do t[#t + 1] = a end show(table.concat(t, ";"))
t = {} for a in ("hello"):gmatch("l", -2) do t[#t + 1] = a end show(table.concat(t, ";"))
for k in ("^a^a"):gmatch("^a") do io.write("[", k, "]") end print()
try(string.gmatch, "x") try(("x").gmatch, "x", "(")

-- format
show(("%d %i %5d|%-5d|%05d|%+d|% d|%.3d|%5.2d"):format(1, 2, 3, 4, 5, 6, 7, 8, 9))
show(("%d"):format("10"), ("%d"):format(-0), ("%x %X %#x %o %#o"):format(255, 255, 255, 8, 8), ("%x"):format(-1))
show(("%c%c"):format(72, 105), ("%5c|%-5c|"):format(65, 66))
show(("%e %E %.3e %10.2e|"):format(12345.678, 0.00012, 1.5, 1e100))
show(("%f %.0f %.3f %10.2f|%-10.2f|%+.1f|%010.3f|%#.0f"):format(3.14159, 2.5, 1 / 3, 2.5, 2.5, 1.25, -3.5, 3))
show(("%g %g %g %g %g %G %.3g %10g|%#g"):format(1e20, 1e-5, 100000, 1000000, 0.1, 1e-10, 1234.5, 1.5, 1.5))
show(("%g %f %d %5.1f %e"):format(0, 0, 0, 0, 0), ("%a %a %.2a %A"):format(1.5, 0.1, 1 / 3, 255.5))
show(("%5.1f|%-8g|%08.2f"):format(math.huge, -math.huge, math.huge), ("%d"):format(3.0))
show(("%s %s %s %10s|%-10s|%.2s|%5.1s|"):format("a", 1.5, true, "right", "left", "cut", "xyz"), ("%s"):format(nil), ("%%"):format())
show(("%s"):format(setmetatable({}, {__tostring = function() return "obj" end})), ("%-5s|"):format(setmetatable({}, {__tostring = function() return "x" end})))
show(("%q"):format("a\nb\"c\\d\0e\r1\1x\127"), ("%q"):format(10), ("%q"):format(0.1), ("%q"):format(1 / 0), ("%q"):format(-1 / 0), ("%q"):format(true), ("%q"):format(nil))
try(string.format, "%q", {}) try(string.format, "%10q", "x") try(string.format, "%d", 1.5) try(string.format, "%d", "1.5") try(string.format, "%d", {}) try(string.format, "%d")
try(string.format, "%s") try(string.format, "%y", 1) try(string.format, "%", 1) try(string.format, "%10", 1) try(string.format, "%123d", 1) try(string.format, "%.123d", 1) try(string.format, "%0-+ #15d", 1) try(string.format, "%#d", 1) try(string.format, "%.3c", 1) try(string.format, "%f", "x") try(string.format, "%c", "x")
try(string.format, "%5s", "a\0b") try(string.format, "%s", "a\0b") try(string.format, {}) try(string.format, "%s", setmetatable({}, {__tostring = function() return 1 end})) try(string.format, "%-+ #0-+ #0-+ #0-+ #0-+ #05d", 1)
show(("%i"):format(2^31), ("%5s%%"):format("x"), ("%s"):format("%d"), (""):format(1, 2))

-- arithmetic on strings
show("10" + 5, "3" * "4", "0x10" + 0, " 5 " + 1, -"2", "7" % 4, "2" ^ 3 == 8, "1e1" * 1 == 10, 10 .. 20, "7" // 2)
try(function() return "abc" + 1 end) try(function() return 1 + "abc" end) try(function() return {} + "1" end) try(function() return "1" + {} end) try(function() return -"x" end)
show(pcall(function() return "a" < "b", "a" <= "a", "Z" < "a", "a\0b" < "a\0c", "" < "a" end))
try(function() return "a" < 1 end)
show(#"abc", ("x").len, ("x").nope)
try(function() return ("x").y.z end) try(function() return ("x"):nope() end)
try(string.dump, print)
