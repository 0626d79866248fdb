-- Prints what protobuf.c makes of types and messages: bytes in hex, tables with their keys in order, errors behind "e ".
local c = require "protobuf.c"

local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
local function show(v)
	if type(v) == "string" then return v:find "[^%g ]" and "x" .. hex(v) or ("%q"):format(v) end
	if type(v) == "function" or type(v) == "userdata" then return type(v) end
	if type(v) ~= "table" then return v ~= v and "nan" or math.type(v) == "float" and ("%.17g"):format(v) .. "f" or tostring(v) end
	local keys, out = {}, {}
	for k in next, v do keys[#keys + 1] = k end
	table.sort(keys, function(a, b) if type(a) == type(b) then return a < b end return tostring(a) < tostring(b) end)
	for i, k in ipairs(keys) do out[i] = show(k) .. "=" .. show(v[k]) end
	return "{" .. table.concat(out, ",") .. "}"
end
local function line(name, ...)
	local results = table.pack(pcall(...))
	if not results[1] then
		return print(name .. " e " .. (tostring(results[2]):gsub("^[^ ]*:%d+: ", ""):gsub("'[%w.]-([%w_]+)' %(", "'%1' (")))
	end
	for i = 2, results.n do results[i] = show(results[i]) end
	print(name .. " " .. table.concat(results, " ", 2, results.n))
end
local function read(name)
	local file = assert(io.open(name, "rb"))
	local text = file:read "a"
	file:close()
	return text
end
local set = read "testdata/types.pb"

local P = c._env_new()
local G = c._gc()
line("types", c._env_type, P, "game.Scalars") line("empty", c._env_register, P, "") line("error", c._last_error, P) line("error", c._last_error, P)
for _, text in ipairs { "\255", "\10\5abc", "\10\2\34\200" } do line("no set", c._env_register, P, text) line("error", c._last_error, P) end
line("dependency", c._env_register, P, "\10\13\10\3a.p\26\6none.p") line("error", c._last_error, P)
line("register", c._env_register, P, set) line("again", c._env_register, P, set) line("more", c._env_register, P, read "testdata/more.pb")
line("register", c._env_register) line("register", c._env_register, P)
for _, name in ipairs { "game.Scalars", ".game.Scalars", "Scalars", "game.Scalars.Nested", "game.Colour", "more.A", "google.protobuf.FileDescriptorSet", "google.protobuf.DescriptorProto.ExtensionRange", "" } do line("type " .. name, c._env_type, P, name) end
for _, name in ipairs { "a_double", "a_float", "an_int64", "a_uint64", "an_int32", "a_fixed64", "a_fixed32", "a_bool", "a_string", "some_bytes", "a_uint32", "an_enum", "an_sfixed32", "an_sfixed64", "an_sint32", "an_sint64", "inner", "game.extra", "extra", "none" } do
	line("field " .. name, c._env_type, P, "game.Scalars", name)
end
for _, name in ipairs { "plain", "packed", "texts", "messages", "doubles", "enums", "longs", "bools", "signed", "colours", "floats", "wide" } do line("field " .. name, c._env_type, P, "game.Lists", name) end
line("field", c._env_type, P, "none", "x") line("field", c._env_type, P, "game.Scalars.Nested", "kind") line("field", c._env_type, nil, "x")
for _, f in ipairs { "name", "message_type", "syntax" } do line("field", c._env_type, P, "google.protobuf.FileDescriptorProto", f == "syntax" and "package" or f) end
line("field", c._env_type, P, "google.protobuf.FieldDescriptorProto", "label") line("enum", c._env_enum_id, P, "google.protobuf.FieldDescriptorProto.Type", "TYPE_SINT64")
for _, name in ipairs { "RED", "BLUE", "none" } do line("enum " .. name, c._env_enum_id, P, "game.Colour", name) end
line("enum", c._env_enum_id, P, "none", "RED") line("enum", c._env_enum_id, P, "game.Scalars.Nested.Kind", "SWORD") line("enum", c._env_enum_id, P, "game.Colour")

local function decode(type, bytes)
	local target = {}
	local ok = c._decode(P, function(type, bytes) return { type, bytes } end, target, type, bytes)
	return ok, target, c._last_error(P)
end
local function expand(t)
	for k, v in pairs(t) do
		if type(v) == "table" then
			if type(v[1]) == "string" and v[1]:find "^game%." and v[2] then
				local _, inner = decode(v[1], v[2])
				t[k] = expand(inner)
			else
				expand(v)
			end
		end
	end
	return t
end
local write = {}
local function message(w, type, list)
	for _, pair in ipairs(list) do write[pair[1]](w, table.unpack(pair, 2)) end
	return w
end
function write.int(w, key, v) c._wmessage_int(w, key, v) end
function write.real(w, key, v) c._wmessage_real(w, key, v) end
function write.string(w, key, v) c._wmessage_string(w, key, v) end
function write.message(w, key, list) message(c._wmessage_message(w, key), nil, list) end
local function round(name, type, ...)
	local list = { ... }
	line(name, function()
		local w = c._wmessage_new(P, type)
		message(w, type, list)
		local bytes = c._wmessage_buffer_string(w)
		local pointer, size = c._wmessage_buffer(w)
		c._wmessage_delete(w)
		local ok, t, err = decode(type, bytes)
		return hex(bytes), math.type(size), ok, expand(t), err, c._last_error(P)
	end)
end
local kinds = { "a_double", "a_float", "an_int64", "a_uint64", "an_int32", "a_fixed64", "a_fixed32", "a_bool", "a_string", "some_bytes", "a_uint32", "an_enum", "an_sfixed32", "an_sfixed64", "an_sint32", "an_sint64" }
local integers = { 0, 1, -1, 127, 128, 300, 2147483647, -2147483648, 4294967295, 4294967296, math.maxinteger, math.mininteger, 9007199254740993, 3.0, 3.7, -3.7, "5", "x" }
for _, kind in ipairs(kinds) do
	for i, v in ipairs(integers) do
		if kind ~= "a_double" and kind ~= "a_float" then round(("int %s %d"):format(kind, i), "game.Scalars", { "int", kind, v }) end
	end
end
for _, kind in ipairs { "a_double", "a_float", "an_int32" } do
	for i, v in ipairs { 0, 1, -1.5, 0.1, 1e300, 1 / 0, "2.5", "x", {} } do round(("real %s %d"):format(kind, i), "game.Scalars", { "real", kind, v }) end
end
for _, kind in ipairs { "a_string", "some_bytes", "an_enum", "an_int32", "game.extra", "none" } do
	for i, v in ipairs { "", "text", "a\0b", ("long"):rep(100), "RED", "BLUE", "none", 5, {} } do round(("string %s %d"):format(kind, i), "game.Scalars", { "string", kind, v }) end
end
for i, v in ipairs(integers) do
	for _, kind in ipairs { "an_int64", "a_uint32", "a_bool", "an_enum", "an_int32" } do round(("default %s %d"):format(kind, i), "game.Defaults", { "int", kind, v }) end
end
round("default", "game.Defaults", { "int", "an_int64", -9007199254740993 }, { "int", "a_uint32", 4294967295 }, { "int", "a_bool", 1 }, { "string", "a_string", "text" }, { "string", "an_enum", "BLUE" }, { "int", "an_int32", -5 }, { "real", "a_double", 1.5 })
round("default", "game.Defaults", { "string", "a_string", "" }, { "string", "an_enum", "RED" }, { "string", "other", "RED" }, { "string", "other", "GREEN" }, { "real", "a_double", 0 }, { "int", "an_enum", 7 })
for i, v in ipairs(integers) do
	for _, kind in ipairs { "plain", "packed", "longs", "bools", "signed", "wide", "colours" } do round(("list %s %d"):format(kind, i), "game.Lists", { "int", kind, 1 }, { "int", kind, v }, { "int", kind, 2 }) end
end
round("packed", "game.Lists", { "real", "doubles", 1.5 }, { "real", "doubles", -2 }, { "int", "plain", 5 }) round("list", "game.Lists", { "real", "floats", 1.5 }, { "real", "floats", 0 })
round("packed", "game.Lists", { "string", "enums", "RED" }, { "string", "enums", "BLUE" }) round("packed", "game.Lists", { "string", "enums", "none" }) round("list", "game.Lists", { "string", "texts", "a" }, { "string", "texts", "" })
local long = {}
for i = 1, 300 do long[i] = { "int", "packed", i * i } end
round("long", "game.Lists", table.unpack(long))
round("messages", "game.Lists", { "message", "messages", { { "int", "an_int32", 7 }, { "message", "inner", { { "string", "a_string", "deep" } } } } }, { "message", "messages", {} }, { "int", "plain", 1 })
round("needed", "game.Needed", { "int", "id", 0 }, { "string", "name", "" }, { "int", "ok", 0 }, { "real", "real", 0 }, { "message", "nested", { { "int", "id", 0 }, { "string", "kind", "SWORD" } } })
round("unknown", "game.Scalars", { "int", "none", 5 }) round("unknown", "game.Scalars", { "real", "none", 5 }) line("none", c._wmessage_new, P, "none") line("none", c._wmessage_int, c._wmessage_new(P, "none"), "x", 1) line("none", c._wmessage_message, c._wmessage_new(P, "game.Scalars"), "none")
line("wrong", c._wmessage_new, nil, "x") line("wrong", c._wmessage_int) line("wrong", c._wmessage_real, c._wmessage_new(P, "game.Scalars"), "a_double") line("wrong", c._wmessage_string, c._wmessage_new(P, "game.Scalars"), "a_string")

-- Bytes that are wrong, too long, unknown.
local odd = { "", "\8", "\8\255", "\24\255\255\255\255\255\255\255\255\255\1", "\24\255\255\255\255\255\255\255\255\255\255\16", "\255\255\255\255\255\255\255\255\255\255", "\152\128\128\128\128\128\128\128\0\5", "\74\5ab",
	"\74\5ab\8\1\1\1\1\1\1\1\1\1\1", "\9\1\2", "\11\8\1\12\8\2", "\24\1\24\2", "\74\0", "\74\1a\74\1b", "\248\7\1", "\250\7\3abc\24\1", "\250\7\200abc\24\1", "\24\1\30", "\24\1\98\1a", "\96\2\96\99", "\40\251\255\255\255\15", "\40\251\255\255\255\255\255\255\255\255\1",
	"\120\1", "\61\255\255\255\255", "\64\2", "\82\3a\0b", "\162\31\2\24\5", "\162\31\2\24" }
for _, name in ipairs { "game.Scalars", "game.Defaults", "game.Lists", "none" } do
	for i, bytes in ipairs(odd) do line(("odd %s %d"):format(name, i), decode, name, bytes) end
end
for _, bytes in ipairs { "\18\3\1\2\3", "\18\2\1\255", "\42\4\0\0\0\0", "\50\2\1\99", "\18\0", "\8\1\8\2", "\10\2\1\2", "\66\2\0\5", "\18\1\1\18\1\2" } do line("list odd", decode, "game.Lists", bytes) end
line("decode", c._decode, P, 5, {}, "game.Lists", "") line("decode", c._decode, P, print, 5, "game.Lists", "") line("decode", c._decode, P, print, {}, "game.Lists") line("decode", c._decode)
line("decode", c._decode, P, function() error "no" end, {}, "game.Lists", "\34\0")

-- Reading field by field, of which defaults are what is used.
for _, type in ipairs { "game.Defaults", "game.Lists", "game.Scalars" } do
	for _, bytes in ipairs { "", "\24\5\32\1\74\1a\96\2", "\8\1" } do
		local m = c._rmessage_new(P, type, bytes)
		line("rmessage " .. show(m), c._last_error, P)
		if m then
			for _, key in ipairs { "an_int64", "a_uint32", "a_bool", "an_int32", "an_enum" } do
				if c._env_type(P, type, key) ~= 0 then line("int " .. key, c._rmessage_int, m, key, 0) end
			end
			for _, key in ipairs { "a_string", "some_bytes", "an_enum", "other" } do
				if c._env_type(P, type, key) ~= 0 then line("string " .. key, c._rmessage_string, m, key, 0) end
			end
			line("size", c._rmessage_size, m, "plain") line("size", c._rmessage_size, m, "an_int64") line("size", c._rmessage_size, m, "none")
			if type == "game.Defaults" then line("real", c._rmessage_real, m, "a_double", 0) line("inner", function() local i = c._rmessage_message(m, "inner", 0) return c._rmessage_size(i, "x") end) end
			line("message", c._rmessage_message, m, "none", 0)
			c._rmessage_delete(m)
		end
	end
end
line("rmessage", c._rmessage_new, P, "none", "") line("error", c._last_error, P) line("rmessage", c._rmessage_int, nil, "x", 0)

-- Patterns.
local function pattern(type, format, letters, ...)
	local values = table.pack(...)
	line("pattern " .. type .. " " .. format, function()
		local p = c._pattern_new(P, type, "@" .. format)
		local size = c._pattern_size(letters)
		local bytes = c._pattern_pack(p, letters, size, table.unpack(values, 1, values.n))
		return size, hex(bytes), c._pattern_unpack(p, letters, size, bytes)
	end)
end
for i, v in ipairs { 0, 1, -1, 300, 2147483647, -2147483648, 4294967295 } do
	pattern("game.Scalars", "an_int32 %d a_uint32 %D a_bool %d an_enum %d an_sint32 %d a_fixed32 %d", "idbiii", v, v, v ~= 0, 1, v, v)
	pattern("game.Defaults", "an_int32 %d a_uint32 %D a_bool %d an_enum %d an_int64 %D", "idbid", v, v, v ~= 0, v, v)
	pattern("game.Lists", "plain %a packed %a wide %a bools %a colours %a", "IIDBI", { v, 1 }, { 1, v }, { v }, { true, false }, { 1, 2 })
end
for _, v in ipairs { math.maxinteger, math.mininteger, 1 << 40 } do pattern("game.Scalars", "an_int64 %D a_uint64 %D a_fixed64 %D", "ddd", v, v, v) end
pattern("game.Scalars", "a_double %F a_float %F a_string %s some_bytes %s", "rrss", 1.5, -0.5, "text", "\0\1") pattern("game.Scalars", "a_double %F a_float %F a_string %s", "rrs", 0, 0, "")
pattern("game.Lists", "texts %a doubles %a floats %a", "SRR", { "a", "" }, { 1, 2.5 }, { 0, 1 }) pattern("game.Lists", "texts %a", "S", {}) pattern("game.Lists", "plain %a", "I", {})
pattern("game.Needed", "name %s id %d ok %d real %F", "sibr", "", 0, false, 0)
line("pattern", function()
	local p = c._pattern_new(P, "game.Lists", "@messages %a")
	local inner = c._pattern_new(P, "game.Scalars", "@an_int32 %d")
	local one = c._pattern_pack(inner, "i", 4, 77)
	local bytes = c._pattern_pack(p, "M", 64, { one, one })
	local list = c._pattern_unpack(p, "M", 64, bytes)
	return hex(bytes), #list, list[1][2], c._pattern_unpack(inner, "i", 4, list[2][1], list[2][2]), hex(c._pattern_pack(p, "M", 64, list))
end)
for _, bytes in ipairs { "", "\40", "\41\0\0\0\0\0\0\0\0", "\40\5\40\6", "\8\1", "\24\5" } do
	line("unpack " .. show(bytes), function() local p = c._pattern_new(P, "game.Scalars", "@an_int32 %d an_enum %d a_string %s") return c._pattern_unpack(p, "iis", 24, bytes) end)
	line("error", c._last_error, P)
end
for _, format in ipairs { "none %d", "an_int32 %s", "an_int32 %q", "a_string %d", "a_double %d", "a_double %D" } do line("pattern " .. format, c._pattern_new, P, "game.Scalars", "@" .. format) line("error", c._last_error, P) end
line("pattern none", c._pattern_new, P, "none", "@x %d") line("error", c._last_error, P) line("pattern list", c._pattern_pack, c._pattern_new(P, "game.Lists", "@plain %a"), "I", 64, 5)
line("pattern wrong", c._pattern_pack, c._pattern_new(P, "game.Scalars", "@an_int32 %d"), "i", 4, "x") line("pattern wrong", c._pattern_pack, nil) line("pattern wrong", c._pattern_unpack, c._pattern_new(P, "game.Scalars", "@an_int32 %d"), "i", 4)
line("size", c._pattern_size, "bird sm") line("gc", function() return type(G), c._add_pattern and true, c._add_rmessage and true end)
