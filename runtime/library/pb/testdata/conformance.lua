-- Prints what pb makes of types and messages: bytes in hex, tables with their keys in order, errors behind "e ".
local pb = require "pb"
local conv, buffer, slice = require "pb.conv", require "pb.buffer", require "pb.slice"

local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
local function show(v)
	if type(v) == "string" then return v:find "[^%g ]" and "x" .. hex(v) or ("%q"):format(v) end
	if type(v) == "function" or type(v) == "userdata" then return type(v) end
	if type(v) ~= "table" then return v ~= v and "nan" or math.type(v) == "float" and ("%.17g"):format(v) .. "f" or tostring(v) end
	local keys, out = {}, {}
	for k in next, v do keys[#keys + 1] = k end
	table.sort(keys, function(a, b) if type(a) == type(b) and type(a) ~= "boolean" then return a < b end return tostring(a) < tostring(b) end)
	for i, k in ipairs(keys) do out[i] = show(k) .. "=" .. (k == "__index" and "self" or show(v[k])) end
	return "{" .. table.concat(out, ",") .. "}"
end
local function line(name, ...)
	local results = table.pack(pcall(...))
	if not results[1] then
		return print(name .. " e " .. (tostring(results[2]):gsub("^[^ ]*:%d+: ", ""):gsub("'[%w.]-(%w+)' %(", "'%1' (")))
	end
	for i = 2, results.n do results[i] = show(results[i]) end
	print(name .. " " .. table.concat(results, " ", 2, results.n))
end

local file = assert(io.open("testdata/types.pb", "rb"))
local set = file:read "a"
file:close()

line("empty", pb.load, "") line("no set", pb.load, "\10\5abc") line("no set", pb.load, "\10\2\34\10") line("no set", pb.load, {})
for _, n in ipairs { 1, 5, 20, 100, 333, #set - 1 } do line("part " .. n, function() local ok, at = pb.load(set:sub(1, n)) pb.clear() return ok, at end) end
line("load", pb.load, set) line("load again", pb.load, set) line("behind", pb.load, set .. "\255")
line("loadfile", pb.loadfile, "testdata/types.pb") line("no file", pb.loadfile, "testdata/none.pb")

for _, name in ipairs { "game.Scalars", ".game.Scalars", "Scalars", "game.Colour", "game3.Player.CountsEntry", "", ".", "game" } do
	line("type " .. name, pb.type, name) line("typefmt " .. name, pb.typefmt, name)
end
for c in ("FfIUiXxbtgSsuvyYjJdq?"):gmatch "." do line("typefmt " .. c, pb.typefmt, c) end
for _, name in ipairs { "double", "int32", "string", "enum", "message", "group", "varint", "64bit", "bytes", "gstart", "32bit", "sfixed64" } do line("typefmt " .. name, pb.typefmt, name) end
for _, name in ipairs { "Scalars", "Defaults", "Lists", "Colour" } do
	line("fields " .. name, function()
		local all = {}
		for f, number, of, default, label, oneof, i in pb.fields("game." .. name) do all[number] = { f, of, tostring(default), label, tostring(oneof), tostring(i) } end
		return all
	end)
end
for _, name in ipairs { "Item", "Player", "Choice", "Kind", "Player.WornEntry" } do
	line("fields " .. name, function()
		local all = {}
		for f, number, of, default, label, oneof, i in pb.fields("game3." .. name) do all[number] = { f, of, tostring(default), label, tostring(oneof), tostring(i) } end
		return all
	end)
end
line("fields", function() return pb.fields("none")("none") end) line("fields", pb.fields("none"), "game.Lists", "texts") line("fields", pb.fields("none"), "game.Lists", "none")
for _, key in ipairs { "a_bool", "extra", 8, 1000, "12", "none", 99, true, 1.5 } do line("field " .. tostring(key), pb.field, "game.Scalars", key) end
line("field", pb.field, "game.Scalars") line("field", pb.field, "none", 1) line("field", pb.field) line("field which", pb.field, "game3.Choice", "item")
for _, key in ipairs { "RED", 2, -3, "-3", "none", 7 } do line("enum " .. key, pb.enum, "game.Colour", key) end
line("enum", pb.enum, "none", "RED") line("types", function() local n = 0 for name in pb.types() do if name:find "^%.game" then n = n + 1 end end return n end)

-- Every scalar kind with every kind of value.
local kinds = { "a_double", "a_float", "an_int64", "a_uint64", "an_int32", "a_fixed64", "a_fixed32", "a_bool", "a_string", "some_bytes", "a_uint32", "an_enum",
	"an_sfixed32", "an_sfixed64", "an_sint32", "an_sint64", "inner", "extra", "none" }
local values = { 0, 1, -1, 127, 128, 2147483647, -2147483648, 4294967295, 4294967296, math.maxinteger, math.mininteger, 9007199254740993, 3.0, 3.5, -0.0, 1e300, 1 / 0,
	"", "0", "-5", "0x1F", "#12", "#-12", "#0xFFFFFFFFFFFFFFFF", "18446744073709551615", "1e2", "text", "12x", "RED", "BLUE", true, false, {}, print }
for _, kind in ipairs(kinds) do
	for i, v in ipairs(values) do
		line(("%s %d"):format(kind, i), function()
			local bytes = pb.encode("game.Scalars", { [kind] = v })
			return hex(bytes), pb.decode("game.Scalars", bytes)
		end)
	end
end
for _, v in ipairs { 0, "", false, 0.0, {}, "NONE", "BOW", 2, 5, "none", -0.0 } do
	for _, kind in ipairs { "id", "name", "kind", "price", "weight", "bound", "data" } do
		line("item " .. kind .. " " .. show(v), function() local bytes = pb.encode("game3.Item", { [kind] = v }) return hex(bytes), pb.decode("game3.Item", bytes) end)
	end
	for _, kind in ipairs { "before", "text", "number", "item", "maybe" } do
		line("choice " .. kind .. " " .. show(v), function() local bytes = pb.encode("game3.Choice", { [kind] = v }) return hex(bytes), pb.decode("game3.Choice", bytes) end)
	end
end

local lists = {
	{}, { 1 }, { 1, 2, 3 }, { -1, 300, 70000 }, { 1, "2", 3.0 }, { "x" }, { {} }, { { a_bool = true }, {} }, { "GREEN", 1, "BLUE" }, { 1, nil, 3 }, { true }, { "a", "", "b" }, 5, "text",
}
for _, kind in ipairs { "plain", "packed", "texts", "messages", "doubles", "enums", "longs" } do
	for i, v in ipairs(lists) do
		line(("%s %d"):format(kind, i), function() local bytes = pb.encode("game.Lists", { [kind] = v }) return hex(bytes), pb.decode("game.Lists", bytes) end)
	end
end
local long = {}
for i = 1, 200 do long[i] = i * i end
line("long", function() local bytes = pb.encode("game.Lists", { packed = long, plain = nil }) return hex(bytes), pb.decode("game.Lists", bytes) end)
for i, v in ipairs { {}, { gold = 5 }, { gold = 0 }, { [""] = 1 }, { [5] = 1 }, { gold = "x" }, { gold = {} }, 7 } do
	line("counts " .. i, function() local bytes = pb.encode("game3.Player", { counts = v }) return hex(bytes), pb.decode("game3.Player", bytes) end)
end
for i, v in ipairs { { { id = 5 } }, { [0] = {} }, { [-7] = { name = "x" } }, { x = {} }, { 5 }, { [3] = { kind = "SWORD" } } } do
	line("worn " .. i, function() local bytes = pb.encode("game3.Player", { worn = v }) return hex(bytes), pb.decode("game3.Player", bytes) end)
end
for i, v in ipairs { { [true] = "BOW" }, { [false] = 0 }, { [true] = "none" }, { [1] = 1 } } do
	line("flags " .. i, function() local bytes = pb.encode("game3.Choice", { flags = v }) return hex(bytes), pb.decode("game3.Choice", bytes) end)
end
line("array", pb.encode, "game3.Item", { 1, 2 }) line("no type", pb.encode, "none", {}) line("no table", pb.encode, "game3.Item", 5) line("none", pb.encode, "game3.Item")
line("no type", pb.decode, "none", "") line("no type", pb.decode, "none") line("no bytes", pb.decode, "game3.Item", 5) line("no bytes", pb.decode, "game3.Item")
line("into", function() local t = { id = 1, x = 2 } local r = pb.decode("game3.Item", "\8\5", t) return r == t, r end)
line("into", function() return pb.decode("game.Lists", "\8\5", { plain = { 1, 2 } }) end)

-- A whole message, by all options.
local player = { id = 9007199254740993, name = "Ann", bag = { { id = 1, name = "s", kind = "SWORD", price = -5, weight = 0.5, bound = true, data = "\0\255" }, { id = 2 } },
	counts = { gold = 1 << 40 }, worn = { [3] = { kind = "BOW" } }, path = { 1, -1, 64, -65 }, hand = {} }
local scalars = { a_double = 1.5, a_float = 0.1, an_int64 = -5, a_uint64 = -5, an_int32 = -5, a_fixed64 = -1, a_fixed32 = 4294967295 }
local big = pb.encode("game.Scalars", { an_int64 = -1 << 40 }) .. pb.encode("game.Scalars", { a_uint64 = -1 }) .. pb.encode("game.Scalars", { a_fixed64 = 1 << 62 })
	.. pb.encode("game.Scalars", { an_sint64 = math.mininteger }) .. pb.encode("game.Scalars", { an_enum = "BLUE" }) .. pb.encode("game.Scalars", { an_int32 = -7 })
pb.option "encode_order"
local options = { "enum_as_name", "enum_as_value", "int64_as_number", "int64_as_string", "int64_as_hexstring", "encode_default_values", "no_encode_default_values",
	"auto_default_values", "no_default_values", "use_default_values", "use_default_metatable", "decode_default_array", "no_decode_default_array",
	"decode_default_message", "no_decode_default_message", "enable_hooks", "disable_hooks", "enable_enchooks", "disable_enchooks", "encode_order" }
local function round(name)
	line(name .. " player", function() local bytes = pb.encode("game3.Player", player) return hex(bytes), pb.decode("game3.Player", bytes) end)
	if name ~= "decode_default_message" then -- Scalars have Scalars in them, without an end
		for key, v in pairs(scalars) do big = big .. pb.encode("game.Scalars", { [key] = v }) end
		line(name .. " scalars", function() return pb.decode("game.Scalars", big) end)
	end
	line(name .. " item", function() return hex(pb.encode("game3.Item", { id = 0, name = "", kind = "NONE", bound = false })) end)
	line(name .. " empty", function()
		local d = pb.decode("game.Defaults", "")
		return d, getmetatable(d) and true, d.a_double, d.an_int64, d.a_uint32, d.a_bool, d.a_string, d.an_enum, d.other
	end)
	line(name .. " item", function() local d = pb.decode("game3.Item", "\8\1") return d, d.name, d.kind, d.price end)
	line(name .. " choice", pb.decode, "game3.Choice", "") line(name .. " lists", pb.decode, "game.Lists", "") line(name .. " player", pb.decode, "game3.Player", "")
	line(name .. " unpack", pb.unpack, "game3.Item", "\8\1\18\2ab") line(name .. " unpack", pb.unpack, "game.Defaults", "\32\1")
	if name ~= "decode_default_message" then line(name .. " unpack", pb.unpack, "game.Lists", "\8\1\8\2\16\5\8\3") end
end
for _, option in ipairs(options) do
	line(option, pb.option, option)
	round(option)
end
pb.option "no_decode_default_message"
pb.option "auto_default_values"
line("option", pb.option, "none") line("option", pb.option)
for _, name in ipairs { "game.Defaults", "game3.Item", "*array", "*map", "none", "*x" } do
	line("defaults " .. name, pb.defaults, name) line("defaults set " .. name, pb.defaults, name, { a_double = 7, name = "given" }) line("defaults again " .. name, pb.defaults, name, nil)
end
pb.defaults("*array", false) pb.defaults("*map", false)
line("pack", function() return hex(pb.pack("game3.Item", 1, "n", "BOW", 5)) end) line("pack", pb.pack, "none") line("pack", function() return hex(pb.pack("game.Lists", { 1 }, { 2 }, nil, { {} })) end)

-- Hooks.
line("hook none", pb.hook, "none") line("hook", pb.hook, "game3.Item") line("hook", pb.hook, "game3.Item", 5) line("hook", pb.encode_hook, "game3.Item", {})
pb.option "enable_hooks" pb.option "enable_enchooks"
pb.hook("game3.Item", function(t) t.seen = true end) pb.hook("game3.Kind", function(v) return "kind " .. v end)
pb.encode_hook("game3.Item", function(t) return { id = (t.id or 0) + 1 } end) pb.encode_hook("game3.Kind", function(v) return v == "OLD" and "BOW" or v end)
line("hooked", function() local bytes = pb.encode("game3.Player", { bag = { { id = 5 }, {} } }) return hex(bytes), pb.decode("game3.Player", bytes) end)
line("hooked", function() return pb.decode("game3.Item", "\24\1") end) line("hooked", function() return hex(pb.encode("game3.Choice", { flags = { [true] = "OLD" } })) end)
line("hook", pb.hook, "game3.Item", nil) line("hook", pb.hook, "game3.Item")
pb.encode_hook("game3.Item", function() error "no" end) line("hook fails", pb.encode, "game3.Item", {}) pb.encode_hook("game3.Item", nil)
pb.option "disable_hooks" pb.option "disable_enchooks"

-- Bytes that are wrong, too long, unknown.
local odd = { "\8", "\8\255", "\8\255\255\255\255\255\255\255\255\255\255\1", "\8\255\255\255\255\255\255\255\255\255\127\16\1", "\255\255\255\255\255\255\255\255\255\255", "\128\128\128\128\128\128\128\0\5",
	"\10\5ab", "\18\255\255\255\255\15", "\18\5ab", "\18\255", "\13\1\2", "\9\1", "\11\8\1\12\8\2", "\11\11\12\12", "\11\8", "\11\20", "\12", "\14\15", "\8\1\8\2", "\18\0", "\18\1a\18\1b",
	"\248\7\1", "\250\7\3abc\8\1", "\0\1", "\24\1\24\255\255\255\255\255\255\255\255\255\1", "\34\1", "\34\0", "\37\0\0\128\63", "\42\4\0\0\0\0", "\48\2", "\58\3abc\58\0", "\58\200\1" }
for _, name in ipairs { "game3.Item", "game3.Player", "game3.Choice", "game.Scalars", "game.Lists", "game.Defaults" } do
	for i, bytes in ipairs(odd) do line(("odd %s %d"):format(name, i), pb.decode, name, bytes) end
end
line("map odd", pb.decode, "game3.Player", "\34\2\8\1") line("map odd", pb.decode, "game3.Player", "\34\3\10\1a") line("map odd", pb.decode, "game3.Player", "\34\2\16\5") line("map odd", pb.decode, "game3.Player", "\34\4\24\1\16\5")
line("map odd", pb.decode, "game3.Player", "\34\0\34\0") line("map odd", pb.decode, "game3.Player", "\42\2\18\0") line("list odd", pb.decode, "game.Lists", "\10\3\1\2\3\16\5") line("list odd", pb.decode, "game.Lists", "\18\2\255\255")
line("list odd", pb.decode, "game.Lists", "\42\4\0\0\0\0") line("list odd", pb.decode, "game.Lists", "\24\1") line("list odd", pb.decode, "game.Lists", "\50\3\1\2\7")

-- Numbers.
for _, mode in ipairs { "int64_as_string", "int64_as_hexstring", "int64_as_number" } do
	pb.option(mode)
	for _, v in ipairs { 0, -1, 5, 1 << 31, 1 << 32, 1 << 33, math.maxinteger, math.mininteger, "#5", "0x7f", "x", 1.5, 2.0 } do
		for _, f in ipairs { "encode_int32", "encode_uint32", "encode_sint32", "encode_sint64", "decode_int32", "decode_uint32", "decode_sint32", "decode_sint64", "decode_float", "decode_double", "encode_float", "encode_double" } do
			line(("%s %s %s"):format(mode, f, v), conv[f], v)
		end
	end
end
line("conv", conv.encode_sint32) line("conv", conv.encode_sint32, {})

-- Buffers and slices.
for _, f in ipairs {
	{ "vvv", 1, 300, -1 }, { "dq", 1, -1 }, { "sc", "abc", "def" }, { "(s)s", "a", "b" }, { "((v))", 1 }, { "iuIUjJ", -1, 5, -1, 5, -1, -1 }, { "xXyY", 1, 2, -3, -4 }, { "fFb", 1.5, 2.5, true },
	{ "ts", "a", "b" }, { "v#", 300, 1 }, { "v#", 5, 9 }, { "(v", 1 }, { "v)", 1 }, { "?", 1 }, { "v", "x" }, { "i", {} }, { "i" }, { "s", 5 }, { "S", "a" }, { "g", "a" }, { "i", 1.5 }, { "f", "x" }, { "v" },
} do line("pack " .. f[1], function() return hex(buffer.pack(table.unpack(f))) end) end
line("buffer", function() local b = buffer.new("ab", "cd") b:pack("v", 5) return #b, b:result(), b:result(2, 3), b:result(-2), b:tohex(), b:tohex(2, 3), #b:reset("xy"), b:result() end)
line("buffer", function() local b = buffer "ab" pb.encode("game3.Item", { id = 1 }, b) return hex(b:result()), pb.decode("game3.Item", slice(b:result(3))) end)
line("tohex", pb.tohex, "a\255\0") line("tohex", pb.tohex, "abc", 2) line("tohex", pb.tohex, "") line("fromhex", pb.fromhex, "61 6G2 6") line("result", pb.result, "abc", 2, 2) line("tohex", pb.tohex, 5) line("result", pb.result, "abc", 3, 2)
local message = "\8\150\1\18\7testing\29\1\0\0\0\33\1\0\0\0\0\0\0\0"
for _, f in ipairs { "v", "vv", "vv@", "vvvs", "vvvs@v", "@", "vv*v", "+v", "vvvsvdvq", "vvvsvdvqv", "?", "s", "q", "d", "c", "i", "iii", "S", "g", "b", "*" } do
	line("unpack " .. f, slice.unpack, message, f, 1) line("unpack " .. f, slice.unpack, message, f)
end
line("unpack", slice.unpack, message, "*v", -3) line("unpack", slice.unpack, message, "c", 3) line("unpack", slice.unpack, message, "c", 300) line("unpack", slice.unpack, "\200", "v") line("unpack", slice.unpack, "\5a", "s") line("unpack", slice.unpack, "ab", "d")
line("slice", function()
	local s = slice.new(message)
	local out = { #s, s:level(), s:unpack "vvv" }
	s:enter()
	for _, v in ipairs { s:level(), s:unpack "@", s:result(), s:level(1), s:level(2), #s } do out[#out + 1] = v end
	local _, level = s:leave()
	out[#out + 1] = level
	out[#out + 1] = s:unpack "vd"
	return out
end)
line("slice", function() local s = slice(message, 4, 12) return #s, s:unpack "vs@", s:level(), s:level(1) end)
line("slice", function() local s = slice.new "abc" s:enter(2, 3) return s:result(), s:level(), s:leave() end)
line("slice", function() return slice.new("abc"):enter() end) line("slice", function() return slice.new("abc"):leave(5) end) line("slice", function() return slice.new(5) end) line("slice", function() return slice.new():enter() end)
line("slice", function() local s = slice.new "abc" s:reset "\1x" return s:unpack "s" end) line("slice", slice.level, 5) line("slice", function() return (tostring(slice.new "a"):gsub("0x%x+", "")) end)

-- Types that change.
line("clear", function() pb.clear("game3.Item", "name") return pb.field("game3.Item", "name"), pb.decode("game3.Item", "\18\1a") end)
line("clear", function() pb.clear "game3.Kind" return pb.type "game3.Kind", pb.decode("game3.Item", "\24\1") end)
line("clear", function() pb.clear "game3.Item" return pb.type "game3.Item", pb.decode("game3.Player", "\58\2\8\1\26\2\8\1") end) line("clear", pb.clear, "none")
line("again", function() return pb.load(set), pb.decode("game3.Player", "\58\2\8\1\26\2\8\1") end)
line("state", function() local old = pb.state(nil) local type = pb.type "game3.Item" pb.state(old) return type, pb.type "game3.Item" end) line("state", pb.state, 5)
line("clear", function() pb.clear() return pb.type "game3.Item" end)
