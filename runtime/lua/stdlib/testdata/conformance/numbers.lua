-- Integers and floats, at all their limits, through every operator and function.
local maxint, minint = math.maxinteger, math.mininteger
local function try(f, ...)
  local r = table.pack(pcall(f, ...))
  for i = 1, r.n do r[i] = tostring(r[i]):gsub("^.-:%d+: ", "") end
  return table.concat(r, " ", 1, r.n)
end
local ints = {0, 1, -1, 2, -2, 3, 7, 63, 64, -64, 255, 256, 1 << 31, (1 << 31) - 1, -(1 << 31), 1 << 32,
  (1 << 53) - 1, 1 << 53, (1 << 53) + 1, -(1 << 53), -(1 << 53) - 1, 1 << 62, maxint - 1, maxint, minint, minint + 1}
local floats = {0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 3.0, -3.0, 1.5, 1e15, 1e16, 2^53, 2^53 - 1, -(2^53), 2^53 + 2,
  2^62, 2^63, -(2^63), 2^64, 1e100, -1e100, 1e308, 1/0, -1/0, 0/0, 5e-324, 0.1}
local all = {} for _, v in ipairs(ints) do all[#all + 1] = v end for _, v in ipairs(floats) do all[#all + 1] = v end

-- The neighbours of all limits, for what is tried with every pair.
local few = {0, 1, -3, 64, (1 << 53) - 1, 1 << 53, (1 << 53) + 1, -(1 << 53) - 1, maxint, minint,
  0.0, -0.0, 1.0, -2.5, 2^53, 2^53 + 2, 2^63, -(2^63), 1/0, 0/0}

print("printing")
for _, v in ipairs(all) do
  print(v, math.type(v), tostring(v), v .. "", string.format("%.17g", v), string.format("%q", v), -v, try(function() return ~v end))
  print(math.tointeger(v), math.floor(v), math.ceil(v), math.abs(v), (math.modf(v)), select(2, math.modf(v)), tonumber(tostring(v)))
  print(v + 1, v - 1, 1 - v, v * 2, v * -1, v / 2, v // 1, v % 10, v + 0.0, v - 0.5, v * 1.0, v ^ 2, 2 ^ v)
end

print("operators")
local ops = {
  ["+"] = function(a, b) return a + b end, ["-"] = function(a, b) return a - b end, ["*"] = function(a, b) return a * b end,
  ["/"] = function(a, b) return a / b end, ["//"] = function(a, b) return a // b end, ["%"] = function(a, b) return a % b end,
  ["^"] = function(a, b) return a ^ b end, ["&"] = function(a, b) return a & b end, ["|"] = function(a, b) return a | b end,
  ["~"] = function(a, b) return a ~ b end, ["<<"] = function(a, b) return a << b end, [">>"] = function(a, b) return a >> b end,
  ["<"] = function(a, b) return a < b end, ["<="] = function(a, b) return a <= b end, ["=="] = function(a, b) return a == b end,
  raw = function(a, b) return rawequal(a, b) end, max = math.max, min = math.min, fmod = math.fmod, ult = math.ult,
}
local names = {} for k in pairs(ops) do names[#names + 1] = k end table.sort(names)
for _, name in ipairs(names) do
  for _, a in ipairs(few) do
    local line = {}
    for i, b in ipairs(few) do
      local s = try(ops[name], a, b):gsub("^true ", "")
      if name == "^" then s = s:gsub("(%d%d%d%d%d%d%d%d%d)%d+", "%1") end
      line[i] = s
    end
    print(name, a, table.concat(line, " "))
  end
end

print("literals and constants")
print(9007199254740993, 9223372036854775807, 9223372036854775808, -9223372036854775808, 0x7fffffffffffffff,
  0x8000000000000000, 0xffffffffffffffff, 0x1ffffffffffffffff, 1e0, 0x10p0, 0x.8, 3., .5, 0xA.8p1)
print(1 // 1, 7 // 2.0, -7 // 2, -7 % 3, 7 % -3, -7.5 % 2, 5 // 0.0, -5 // 0.0, 1 << 63, 1 << 64, -1 >> 1, -1 >> 63, ~0, ~5 & 0xff)
print(2^2, 10 / 2, 3 | 0, 3.0 | 0, 2^53 | 0, 1e15 // 1, 9007199254740992 + 1, 9007199254740992.0 + 1, maxint + 1 == minint, maxint * 2)
print(try(load("return 1 // 0")), try(load("return 1 % 0")), try(load("return 1.5 | 1")), try(load("return 2^63 | 1")))

print("keys")
local t = {}
for i, v in ipairs(all) do if v == v then t[v] = i end end
for _, v in ipairs(all) do print(v, v == v and t[v], v == v and rawget(t, v)) end
local n = 0 for k in pairs(t) do n = n + 1 end print(n)
t = {[1.0] = "a", [2^53] = "b", [-0.0] = "c", [2^53 + 2] = "d"}
print(t[1], t[1 << 53], t[0], t[(1 << 53) + 2], #t, next({[3.0] = 1}), math.type(next({[3.0] = 1})), math.type(next({[2^53] = 1})))
rawset(t, 2.0, "e") rawset(t, 2^60, "f") print(#t, t[2], t[1 << 60], rawget(t, 2.0), try(next, t, 2.0))
print(try(function() t[0/0] = 1 end), t[0/0], try(rawset, t, 0/0, 1))
local seen = setmetatable({}, {__index = function(_, k) return math.type(k) .. " " .. k end, __newindex = function(s, k, v) rawset(s, 1, math.type(k)) end})
print(seen[2.0], seen[2^53], seen[1 << 60]) seen[2.0] = 1 print(rawget(seen, 1), seen[1.0])

print("loops")
local function run(a, b, c)
  local r = {}
  local ok, err = pcall(function() for i = a, b, c do r[#r + 1] = tostring(i) if #r >= 6 then break end end end)
  r[#r + 1] = ok and "" or err:gsub("^.-:%d+: ", "")
  return table.concat(r, " ")
end
for _, l in ipairs {{1, 3, 1}, {1.0, 3, 1}, {1, 3.5, 1}, {1, 3, 1.0}, {3, 1, -1}, {3, 1, 1}, {1, 0, 1}, {1, 1, 1}, {0.1, 1, 0.3}, {1, 2, 0}, {1, 2, 0.0},
  {maxint - 2, maxint, 1}, {maxint - 2, math.huge, 1}, {minint + 2, minint, -1}, {minint + 2, -math.huge, -1}, {minint, maxint, maxint},
  {maxint, minint, minint}, {(1 << 53) - 2, (1 << 53) + 2, 1}, {1 << 53, (1 << 53) + 4, 1}, {-(1 << 53) + 1, -(1 << 53) - 2, -1}, {2^53, 2^53 + 4, 1},
  {2^53, 2^53 + 4, 2.0}, {1, math.huge, 1}, {1, -math.huge, 1}, {1, 0/0, 1}, {1, 0/0, -1}, {0/0, 1, 1}, {1.0, 2, 0/0}, {"1", "2", 1}, {1, "2", 1}, {1, 2, "1"},
  {1, "2.5", 1}, {1, "x", 1}, {"x", 1, 1}, {1, 2, "x"}, {{}, 1, 1}, {1, {}, 1}, {1, 2, {}}, {maxint, maxint + 1.0, 1}, {1, 1e100, 1 << 62}, {-0.0, 1, 1},
  {(1 << 53) - 1, 1 << 53, 1}, {(1 << 53) - 1, (1 << 53) - 1, 1}, {0, 10, 1 << 60}} do
  print(tostring(l[1]):gsub("0x%x+", "T"), tostring(l[2]):gsub("0x%x+", "T"), tostring(l[3]):gsub("0x%x+", "T"), run(l[1], l[2], l[3]))
end

print("conversions")
for _, s in ipairs {"0", "-0", "0.0", "-0.0", "10", " 10 ", "0x10", "-0x10", "1e1", "1e400", "-1e400", "0x1p4", "9007199254740993", "9223372036854775807",
  "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "0xffffffffffffffff", "-0xffffffffffffffff", "0x123456789abcdef01", "1_000", "inf",
  "nan", "0b1", "", " ", "1 2", "1e", "0x", ".", ".5", "5.", "+5", "- 5", "1.5e3", "٣"} do
  print(s, tonumber(s), math.type(tonumber(s)), math.tointeger(s), try(function() return s + 1 end), try(function() return -s end), try(function() return s // 1 end),
    try(function() return s | 1 end))
end
print(tonumber("7fffffffffffffff", 16), tonumber("ffffffffffffffff", 16), tonumber("-zz", 36), tonumber("10", 2), tonumber("8", 8), try(tonumber, 10, 10))
print("10" + 1, "10" + 1.0, "0x10" * 2, "10" // "3", -"3", -"3.0", 10 .. "", 1.0 .. "", -0.0 .. "", 2^53 .. "", 1e100 .. "")

print("format")
for _, v in ipairs(all) do
  print(try(string.format, "%d", v), try(string.format, "%5.3d", v), try(string.format, "%x", v), try(string.format, "%X", v), try(string.format, "%o", v),
    try(function() return string.format("%c", v):byte() end), try(string.format, "%i", v), string.format("%5.1f %g %e %s %10s %a", v, v, v, v, v, v))
end
print(string.format("%d %s %s", "10", "3.0", 3.0), try(string.format, "%d", "3.5"), try(string.format, "%d", "x"))

print("pack")
for _, f in ipairs {"b", "B", "h", "H", "i4", "I4", "<i8", ">i8", "<I8", "j", "J", "i16", "I16", "i3", "I7", "n", "d", "f"} do
  for _, v in ipairs(few) do
    local ok, s = pcall(string.pack, f, v)
    if ok then
      print(f, v, (s:gsub(".", function(c) return string.format("%02x", c:byte()) end)), try(string.unpack, f, s))
    else
      print(f, v, s)
    end
  end
end

print("math")
math.randomseed(42)
print(math.random(), math.random(0), math.random(10), math.random(minint, maxint), math.random(maxint), math.random(-5, 5), math.random(1 << 40, 1 << 62))
print(math.randomseed(123, 456), math.random(1000), math.randomseed((1 << 53) + 1), math.random(0), math.randomseed(2^53), math.random(0))
print(try(math.random, 2, 1), try(math.random, 1.5), try(math.random, 1, 2, 3))
print(math.fmod(-6, 4), math.fmod(6, -4), math.fmod(-6.0, 4), math.fmod(minint, -1), math.sqrt(16), math.exp(0), math.log(8, 2), math.log(1000, 10), math.pi, math.huge)
print(math.abs("10"), math.max(1, 1.0), math.max(1.0, 1), math.min(2, 2.0), math.max("10"), try(math.max, "10", 2), math.ult(-1, 1), math.ult(1, -1), try(math.ult, 1.5, 1))
print(maxint + 0.0, maxint + 0.0 == maxint, maxint < maxint + 0.0, minint + 0.0 == minint, 2^53 == (1 << 53) + 1, (1 << 53) + 1 > 2^53, maxint // -1, minint // -1, minint % -1)

print("library")
print(select(2.0, "a", "b"), ("x"):rep(3.0), try(string.rep, "x", 1.5), ("abc"):sub(2.0, "3"), ("abc"):byte(1.0), string.char(65.0), try(string.char, 65.5))
print(table.concat({1, 2.0, 3.5, 1 << 60, -0.0}, " "), table.unpack({1, 2, 3}, 2.0, "3"), try(table.unpack, {}, 1, 1.5), #table.pack(1.0, 2), table.pack(1.0).n)
local s = {3, 1.5, 2^53, (1 << 53) + 1, -1, 2.0, minint, maxint, 1e300, -1e300, 2} table.sort(s) print(table.concat(s, " "))
print(("x"):gsub("x", 1.0), ("x"):gsub("x", {x = 1 << 60}), ("x"):gsub("x", function() return 2.0 end), ("xyz"):find("y", 2.0))
print(utf8.char(72.0), utf8.codepoint("é"), utf8.len("é"), utf8.offset("aé", 2.0), try(utf8.char, 1 << 40))
print(try(error, 1.5), try(error, 1 << 60), tostring(1.0), #tostring(minint), os.time {year = 2020.0, month = "1", day = 1, hour = 12}, try(os.time, {year = 2020.5, month = 1, day = 1}))
io.write(1, " ", 1.0, " ", 1.5, " ", 2^53, " ", 1 << 60, " ", -0.0, " ", 1e100, "\n")
for i, v in ipairs {1.0, 2} do io.write(i, "=", tostring(v), " ") end print()
for c in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i / 1) end end) do io.write(tostring(c), " ") end print()
print(load("return " .. string.format("%q", 0.1))() == 0.1, load("return " .. string.format("%q", minint))() == minint, load("return ...")(1.0, 1 << 60))

-- the remainder of tiny floats has the divisor's sign
for _, g in ipairs { 2e-308, 5e-324, -2e-308 } do
	print(("%.17g %.17g %.17g"):format(-2 ^ 116 % g, 2 ^ 116 % g, -1e-320 % g))
end
