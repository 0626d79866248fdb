-- Strings that are made piece by piece.
local function sum(s) local h = #s for i = 1, #s, 9973 do h = (h * 31 + s:byte(i)) % 2^31 end return #s, string.format("%d", h) end
local s = ("abcdefghij"):rep(100003)
print(sum(s)) print(sum(s:reverse())) print(sum(s:upper())) print(sum(("aB"):rep(300000):lower()))
print(s:reverse():reverse() == s, s:upper():lower() == s)
print(sum(("x"):rep(1000001, ", "))) print(sum((""):rep(1000001, "ab"))) print(sum(s:rep(3, s:sub(1, 7))))
print(("ab"):rep(3, ","), ("ab"):rep(1, ","), (""):rep(5), ("x"):rep(0, ","), ("x"):rep(-1))
print(sum(string.format("%s-%s%%%d", s, s:reverse(), 42))) print(sum(string.format("%q", ("a\n\0\"1"):rep(100000))))
print(sum(s .. s .. 1.5)) print(sum(s .. "x")) print(sum("x" .. s .. "y" .. s))
local t = {} for i = 1, 1000 do t[i] = s:sub(i, i * 300) end
print(sum(table.concat(t, ";"))) print(sum(table.concat(t, s:sub(1, 400000), 1, 3)))
print(sum(string.pack("c1000001 z s4", "abc", s, s)))
print(string.pack("c5", "ab") == "ab\0\0\0", string.pack(">c3 i2", "abc", 1) == "abc\0\1", string.pack("!8 b i8", 1, 2) == "\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0")
