-- Every line that this prints is what the C library prints (openresty's lua-cjson 2.1.0.11 on Lua 5.4): conformance.txt.
local cjson = require "cjson"
local safe = require "cjson.safe"

local function text(v)
	if v == nil then return "nil" end
	if v == cjson.null then return "null" end
	if type(v) == "table" then
		local keys = {}
		for k in pairs(v) do keys[#keys + 1] = k end
		table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
		for i, k in ipairs(keys) do keys[i] = text(k) .. "=" .. text(v[k]) end
		return "{" .. table.concat(keys, ",") .. "}"
	end
	if type(v) == "string" then return ("%q"):format(v) end
	if v ~= v then return "float:nan" end
	if type(v) == "userdata" then return "userdata" end
	if type(v) == "number" then return math.type(v) .. ":" .. (math.type(v) == "float" and ("%.17g"):format(v) or v) end
	return tostring(v)
end
local function plain(message) -- without the place, and addresses
	return (tostring(message):gsub("^[^:]+:%d+: ", ""):gsub("to '[^']*'", "to it"))
end
local function try(label, f, ...)
	local results = table.pack(pcall(f, ...))
	local ok = table.remove(results, 1)
	for i = 1, results.n - 1 do results[i] = ok and text(results[i]) or plain(results[i]) end
	print(label, ok and "=" or "!", table.concat(results, " ", 1, results.n - 1))
end
local function enc(v, label) try("encode " .. (label or text(v)), cjson.encode, v) end
local function dec(s) try("decode " .. ("%q"):format(s), cjson.decode, s) end

-- values
enc(true) enc(false) enc(cjson.null) enc("") enc("text") enc(0) enc(-0.0) enc(3) enc(3.0) enc(3.5) enc(-1) enc(1e15) enc(1e16)
enc(1e100) enc(0.1) enc(1 / 3) enc(123456789012345678) enc(math.maxinteger) enc(math.mininteger) enc(2 ^ 53) enc(2 ^ 63)
enc(1e-5) enc(1e-4) enc(1.5e300) enc(5e-324) enc(99999999999999.5) enc(999999999999999.5) enc(100.0) enc(1e14)
enc(0 / 0) enc(1 / 0) enc(-1 / 0)
enc(print, "function") enc(coroutine.create(print), "thread") enc(io.stdout, "userdata")
try("encode nothing", cjson.encode) try("encode two", cjson.encode, 1, 2) try("encode nil", cjson.encode, nil)

-- strings
local all = {}
for i = 0, 255 do all[#all + 1] = string.char(i) end
enc(table.concat(all), "all bytes")
enc("a/b\\c\"d\n\t\r\b\f\127") enc("你好") enc("\xff\xfe") enc("</script>")

-- arrays and objects
enc({}) enc({ 1, 2, 3 }) enc({ "a", { "b", {} } }) enc({ a = 1 }) enc({ [1] = "x" }) enc({ [2] = "x" }) enc({ [0] = "x" })
enc({ [-1] = "x" }) enc({ [1.5] = "x" }) enc({ [10] = 1 }) enc({ [11] = 1 }) enc({ 1, 2, nil, 4 }) enc({ 1, 2, nil, nil, nil, nil, nil, nil, nil, nil, nil, 12 })
enc({ [1000] = 1 }) enc({ [true] = 1 }, "boolean key") enc({ [math.maxinteger] = 1 }, "maxinteger key") enc({ [1e15] = 1 }, "1e15 key")
enc({ { a = { b = { c = {} } } } }) enc({ cjson.null, cjson.null }) enc({ a = cjson.null }) enc({ [""] = 1 }) enc({ ["1"] = 1 })
enc({ f = print }, "function inside") enc({ 1, 0 / 0 }, "nan inside")
enc({ [2.5] = 1 }) enc({ [-7] = 1 }) enc({ [12345678901234] = 1 }, "big key")
enc(cjson.empty_array) enc({ list = cjson.empty_array }) enc(setmetatable({}, cjson.empty_array_mt)) enc(setmetatable({ 1, 2 }, cjson.empty_array_mt))
enc(setmetatable({ a = 1 }, cjson.empty_array_mt), "object with empty_array_mt")
enc(setmetatable({}, cjson.array_mt)) enc(setmetatable({ 1, nil, 3 }, cjson.array_mt)) enc(setmetatable({ a = 1 }, cjson.array_mt), "object with array_mt")
enc(setmetatable({}, { __len = function() return 2 end, __index = function(_, i) return i * 10 end }), "__len and __index")
enc(setmetatable({ 1, 2 }, { __index = function() return "x" end }), "__index")
enc(setmetatable({ a = 1 }, {}), "a plain metatable")
enc(setmetatable({}, { __pairs = function() return function() end end, __index = { a = 1 } }), "__pairs is not asked")
local deep = {}
for _ = 1, 999 do deep = { deep } end
try("encode 1000 deep", function(v) return #cjson.encode(v) end, deep)
enc({ deep }, "1001 deep")
local ring = {}
ring[1] = ring
enc(ring, "itself")

-- decoding
for _, s in ipairs { "1", "-1", "0", "-0", "1.0", "1.5", "1e2", "1E+2", "1e-2", "12345678901234567890", "9223372036854775807", "-9223372036854775808",
	"9223372036854775808", "0.1", "1e400", "-1e400", "1e-400", "01", "+1", "-", ".5", "5.", "1.e1", "0x10", "0x1p4", "1e", "1e+", "--1", "1-", "1 2", "1,",
	"nan", "NaN", "-nan", "inf", "Infinity", "-Infinity", "-inf", "INF", "infinit", "nul", "null", "nullx", "tru", "true", "false", "falsey", "True",
	'"a"', '"', '"a', '"a\\', '"\\n\\t\\b\\f\\r\\/\\\\\\""', '"\\x"', '"\\u0041"', '"\\u00e9"', '"\\u4f60"', '"\\ud83d\\ude00"', '"\\ud83d"', '"\\ude00"',
	'"\\ud83dx"', '"\\ud83d\\u0041"', '"\\u12"', '"\\u12g4"', '"\\u0000"', '"tab\tnew\nline"', '"\0"', "\0", "",
	" ", "[", "]", "[]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1,2]", " [ 1 , 2 ] ", "[[[]]]", "[null]", "[null,1]", "[1]x", "[1] ", "{", "{}", "}", '{"a"}',
	'{"a":}', '{"a":1}', '{"a":1,}', '{,}', '{"a":1 "b":2}', '{"a":1,"b":2}', "{a:1}", '{"a":1,"a":2}', '{"a":null}', '{1:2}', "'a'", "/* c */ 1", "// c\n1",
	"[1,2", '{"a":[1,{"b":[]}]}', "\xef\xbb\xbf1", "[1]\0", "1\0", '{"a"\0', "[1,2,3,4,5,6,7,8,9,10]", '{"id":1234567890123456789}', "[-0.0]", "[1.0e0]",
	"[0.30000000000000004]", "[1e22]", "[123456789012345678901234567890]", '["\xff"]', "\t\n\r 1", "\v1", "-Inf1", "-0x10", "0x", "1_000", "1e5x", "nanny" } do
	dec(s)
end
dec("\0[") dec("[\0") dec(("["):rep(1000) .. ("]"):rep(1000)) 
try("decode 1001 deep", cjson.decode, ("["):rep(1001) .. ("]"):rep(1001))
try("decode nothing", cjson.decode) try("decode nil", cjson.decode, nil) try("decode table", cjson.decode, {}) try("decode number", cjson.decode, 12)
try("decode two", cjson.decode, "1", "2") try("encode twice", cjson.encode, cjson.decode('{"list":[1,2.5,"x",null,true]}').list)

-- settings
local c = cjson.new()
local function set(name, ...)
	try(name .. "(" .. table.concat({ ... }, ",") .. ")", c[name], ...)
end
local function cenc(v, label) try("  encode " .. (label or text(v)), c.encode, v) end
local function cdec(s) try("  decode " .. ("%q"):format(s), c.decode, s) end
set("encode_sparse_array") try("encode_sparse_array(true)", c.encode_sparse_array, true) cenc({ [1000] = 1 }) set("encode_sparse_array", "off", 0) cenc({ [12] = 1 })
set("encode_sparse_array", "on", 3, 5) cenc({ [6] = 1 }) cenc({ [5] = 1 }) set("encode_sparse_array", "maybe") set("encode_sparse_array", "on", -1) set("encode_sparse_array", 1, 2, 3, 4)
set("encode_max_depth") set("encode_max_depth", 2) cenc({ { 1 } }) cenc({ { {} } }) set("encode_max_depth", 0) set("encode_max_depth", "x") set("encode_max_depth", 1.5)
set("decode_max_depth") set("decode_max_depth", 2) cdec("[[1]]") cdec("[[[1]]]") cdec('{"a":{"b":{}}}')
set("encode_number_precision") set("encode_number_precision", 3) cenc(3.14159) cenc(123456.5) set("encode_number_precision", 16) cenc(0.1) cenc(1 / 3) set("encode_number_precision", 17) set("encode_number_precision", 0)
set("encode_keep_buffer") set("encode_keep_buffer", "off") cenc({ 1 }) set("encode_keep_buffer", "on")
set("encode_invalid_numbers") set("encode_invalid_numbers", "on") cenc(0 / 0, "nan") cenc(1 / 0) cenc(-1 / 0) set("encode_invalid_numbers", "null") cenc(0 / 0, "nan") cenc(1 / 0)
try("encode_invalid_numbers(true)", c.encode_invalid_numbers, true) try("encode_invalid_numbers(false)", c.encode_invalid_numbers, false) cenc(1 / 0) set("encode_invalid_numbers", "maybe")
set("decode_invalid_numbers") set("decode_invalid_numbers", "off")
for _, s in ipairs { "nan", "-inf", "0x10", "01", "+1", "1", "-", "-x", "Infinity", "00", "-01", "1.", ".5" } do cdec(s) end
set("encode_empty_table_as_object") set("encode_empty_table_as_object", "off") cenc({}) cenc({ {} }) try("encode_empty_table_as_object(true)", c.encode_empty_table_as_object, true) cenc({})
set("decode_array_with_array_mt") set("decode_array_with_array_mt", "on")
try("  metatable", function() return getmetatable(c.decode("[]")) == cjson.array_mt, getmetatable(c.decode("{}")) == nil, c.encode(c.decode("[]")) end)
set("decode_allow_comment", "on") for _, s in ipairs { "/* c */ 1", "// c\n1", "1 // x", "[1, /* two */ 2]", "/* open", "/", "/x", "1 /* x", "// only" } do cdec(s) end
set("encode_escape_forward_slash") set("encode_escape_forward_slash", "off") cenc("a/b") try("encode of the others", cjson.encode, "a/b")
set("encode_skip_unsupported_value_types") set("encode_skip_unsupported_value_types", "on") cenc({ f = print }, "function inside") cenc({ 1, print, 3 }, "function in a list") cenc({ print }, "only a function") cenc(print, "function")
set("encode_indent") set("encode_indent", "  ") cenc({ 1, { a = { 2, {} } } }, "nested") cenc({}) set("encode_indent", "") cenc({ 1 })
try("a new one is as the first", cjson.new().encode_max_depth)

-- cjson.safe
try("safe.encode", safe.encode, print) try("safe.encode", safe.encode, { 1 }) try("safe.decode", safe.decode, "[1") try("safe.decode", safe.decode, "[1]") try("safe.decode()", safe.decode)
try("safe.encode()", safe.encode) try("safe.decode", safe.decode, nil) try("safe.new", function() return safe.new().decode("x") end) try("safe.encode nil", safe.encode, nil) try("safe.decode {}", safe.decode, {})
try("shared", function() return safe.null == cjson.null, safe.array_mt == cjson.array_mt, cjson.new().empty_array_mt == cjson.empty_array_mt end)
print(type(cjson.null), cjson._NAME, cjson._VERSION)
local names = {}
for k, v in pairs(cjson) do names[#names + 1] = k .. ":" .. type(v) end
table.sort(names)
print(table.concat(names, " "))
