-- string.pack, unpack and packsize.
local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
local function try(f, ...) print(pcall(f, ...)) end
for _, c in ipairs { {"b", -128}, {"B", 255}, {"<h", -2}, {">h", -2}, {"<H", 65535}, {"<i4", 100000}, {">i4", -100000}, {"<i3", -5}, {">I3", 70000}, {"<i7", 1 << 50}, {"<i8", -(1 << 50)}, {">i16", -3}, {"<I16", 3}, {"<l", 1}, {">j", 7}, {"<J", 9}, {"<T", 11}, {"<f", 1.5}, {">f", -0.25}, {"<d", 0.1}, {">n", 1e300}, {"<s1", "abc"}, {">s2", "abc"}, {"<s", "x"}, {"z", "hello"}, {"c5", "abc"}, {"<i1", 5} } do
  local s = string.pack(c[1], c[2])
  print(c[1], hex(s), string.unpack(c[1], s))
end
print(hex(string.pack("<!4 b i4 b h x b", 1, 2, 3, 4, 5)))
print(hex(string.pack("<!8 b Xi8 i8", 1, 2)), hex(string.pack(">!2 b Xh h", 1, 2)))
print(string.unpack("<!4 b i4", string.pack("<!4 b i4", 1, 2)))
print(string.packsize("<i4 i8 b"), string.packsize("<!8 b i8"), string.packsize("c10 z" == "" and "" or "c10"), string.packsize("!4 i1 i4"), string.packsize(""))
print(string.unpack("<i2 i2", "\1\0\2\0\3\0"), string.unpack("<i2", "\1\0\2\0", 3), string.unpack("<i2", "\1\0\2\0", -2))
print(string.unpack("z", "abc\0def"), string.unpack("s1", "\3abcd"), string.unpack("", "x"), string.unpack("x b", "\0\5"))
try(string.pack, "i17", 1) try(string.pack, "i0", 1) try(string.pack, "b", 128) try(string.pack, "b", -129) try(string.pack, "B", 256) try(string.pack, "B", -1) try(string.pack, "h", 1.5) try(string.pack, "h", "x") try(string.pack, "y", 1) try(string.pack, "c", "x") try(string.pack, "c2", "abc") try(string.pack, "z", "a\0b") try(string.pack, "s1", ("x"):rep(256)) try(string.pack, "i4") try(string.pack, "X") try(string.pack, "Xz") try(string.pack, "!3 i4", 1) try(string.pack, "!4 i3", 1) try(string.pack, "i")
try(string.unpack, "i4", "abc") try(string.unpack, "z", "abc") try(string.unpack, "s1", "\5abc") try(string.unpack, "b", "a", 3) try(string.unpack, "b", "a", -5) try(string.unpack, "i9", ("\255"):rep(8) .. "\0") try(string.unpack, "<I9", ("\1"):rep(9)) try(string.unpack, "c5", "abc")
try(string.packsize, "s") try(string.packsize, "z") try(string.packsize, "c2147483647c10") try(string.packsize, {})
