-- Numbers in concatenations: fractions, infinities, and operands of all kinds.
print(1 / 3 .. "", 0.1 + 0.2 .. "x", 2 ^ 0.5 .. "", -1.5 .. "|")
print(1 / 0 .. "", -1 / 0 .. "", 1e100 .. "", 1e-10 .. "", 123456.789e3 .. "")
print(0.1 .. 0.2, 1 .. 2, -1 .. "", 1e15 / 7 .. "", 3.14159265358979 .. "")
local s, n, t = "s", 2.5, setmetatable({}, { __concat = function(a, b) return type(a) .. "+" .. type(b) end })
print(s .. n .. s, n .. n, s .. t, t .. s, n .. t, t .. n, t .. t, s .. t .. n .. t)
for i = 1, 3 do print("k" .. i, i .. "k", i .. i) end
for i = 1, 2, 0.25 do io.write("") if i % 1 ~= 0 then print("k" .. i, i .. "") end end
print(("x"):rep(50) .. n .. ("y"):rep(100) .. #s)
print(pcall(function() return s .. nil end))
print(pcall(function() local u; return s .. n .. u end))
print(pcall(function() local u; return u .. s .. n end))
print(pcall(function() return s .. t.x .. n end))
print(pcall(function() return s .. t.x .. t end))
print(pcall(function() return {} .. s end))
print(pcall(function() return s .. {} .. s end))
