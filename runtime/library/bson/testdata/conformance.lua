-- Prints what bson makes of values: documents in hex, tables with their keys in order, errors behind "e ".
local bson = require "bson"

local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
local function unhex(s) return (s:gsub("%x%x", function(d) return string.char(tonumber(d, 16)) end)) end
local function show(v)
	if type(v) == "string" then return v:find "[^%g ]" and "x" .. hex(v) or ("%q"):format(v) end
	if type(v) == "function" or type(v) == "userdata" then return type(v) end
	if type(v) ~= "table" then return v ~= v and "nan" or math.type(v) == "float" and ("%.17g f"):format(v) or tostring(v) end
	local keys, out = {}, {}
	for k in pairs(v) do keys[#keys + 1] = k end
	table.sort(keys, function(a, b) if type(a) == type(b) then return a < b end return type(a) < type(b) end)
	for i, k in ipairs(keys) do out[i] = show(k) .. "=" .. show(v[k]) end
	return "{" .. table.concat(out, ",") .. "}"
end
local function line(name, ...)
	local results = table.pack(pcall(...))
	if not results[1] then
		return print(name .. " e " .. (tostring(results[2]):gsub("^[^ ]*:%d+: ", ""):gsub("'[%w.]-(%w+)'", "'%1'")))
	end
	for i = 2, results.n do results[i] = show(results[i]) end
	local text = table.concat(results, " ", 2, results.n)
	print(name .. " " .. (#text < 4000 and text or "long"))
end
local function round(name, v)
	line("order " .. name, function() return hex(tostring(bson.encode_order("a", v, "b", 1))) end)
	line("encode " .. name, function() return hex(tostring(bson.encode { k = v })) end)
	line("decode " .. name, function() return bson.decode(bson.encode { k = v }) end)
end

local alive = bson.encode { inner = 2 }
for i, v in ipairs { 0, 1, -1, 2147483647, 2147483648, -2147483648, -2147483649, math.maxinteger, math.mininteger, 0.5, 3.0, 1e300, 1 / 0, 0 / 0,
	true, false, "", "text", "\u{e9}\u{4e2d}", "\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "with\0zero", "\0", ("long"):rep(500), print, {}, { 1, 2, 3 }, { a = 1 },
	{ { 1 }, { b = 2 }, "x" }, { [2] = 1 }, { [1.5] = 1 }, { 1, nil, 3, n = 1 }, bson.null, bson.minkey, bson.maxkey,
	bson.date(1700000000), bson.date(-1), bson.date(2 ^ 31), bson.timestamp(5, 7), bson.regex("a.*", "i"), bson.regex "b", bson.binary "", bson.binary "\0\1\2",
	bson.objectid "0123456789abcdefABCDEF00", bson.objectid "zz23456789abcdefABCDEF00", bson.int64(5), bson.int64(math.mininteger),
	"\0\3", "\0\200abc", "\0\7short", "\0\9x", "\0\17x", "\0\18x", "\0\13code", "\0\14\4\0\0\0abc\0", "\0\15scope", "\0\12pointer",
	bson.encode { inner = 1 }, bson.to_lightuserdata(alive),
	setmetatable({}, { __len = function() return 2 end, __index = function(_, i) return i * 3 end }), setmetatable({}, { __len = function() return "x" end }),
	setmetatable({}, { __pairs = function() return next, { p = "q" } end }), setmetatable({}, { __pairs = function() return next, { 1 } end }),
	setmetatable({}, { __len = function() return 3 end }) } do
	round(i, v)
	line("type " .. i, bson.type, v)
end
local deep = {}
for _ = 1, 200 do deep = { d = deep } end
round("deep", deep)
line("type nil", bson.type, nil) line("type none", bson.type) line("order none", function() return hex(tostring(bson.encode_order())) end)
line("order odd", bson.encode_order, "a") line("order key", bson.encode_order, {}, 1) line("order key 3", bson.encode_order, "a", 1, true, 1)
line("order number", function() return hex(tostring(bson.encode_order(5, "five", 2.5, "x"))) end) line("order nil", bson.encode_order, "a", nil)
line("encode list", bson.encode, { 1 }) line("encode key", bson.encode, { [true] = 1 }) line("encode", bson.encode, "x")
line("objectid", bson.objectid, "short") line("date", bson.date, "x") line("date", bson.date, 1.5) line("int64", bson.int64) line("regex", bson.regex)
line("decode", bson.decode) line("decode", bson.decode, "text") line("type", bson.type, print)
local id, other = bson.objectid(), bson.objectid()
line("new id", function() return #id, id ~= other, bson.type(id) == "objectid" end)
line("len", function() return #bson.encode { a = 1 } end)
line("decode method", function() return bson.encode { a = 1 }:decode() end)
line("timestamp", function() local a, b = bson.timestamp(9), bson.timestamp(9) local _, s, n = bson.type(a) local _, t, m = bson.type(b) return s, t, math.type(m - n) end)

-- Values that are replaced in a document.
local doc = bson.encode_order("i", 1, "l", 2 ^ 40 // 1 | 0, "d", 1.5, "b", true, "o", bson.objectid "0123456789abcdefABCDEF00", "t", bson.date(5), "s", bson.timestamp(1, 2), "text", "x", "list", { 1 })
line("replace", function() doc.i = 5 end)
line("makeindex", function() return doc:makeindex() == doc end)
for _, r in ipairs { { "i", 7 }, { "i", 7.5 }, { "l", 9 }, { "l", "x" }, { "d", 3 }, { "d", "4.5" }, { "d", {} }, { "b", false }, { "b", nil }, { "o", bson.objectid "ffffffffffffffffffffffff" }, { "o", "x" },
	{ "t", bson.date(77) }, { "t", bson.objectid() }, { "s", bson.timestamp(3, 4) }, { "text", "y" }, { "none", 1 } } do
	line("replace " .. r[1], function() doc[r[1]] = r[2] end)
	line("document", bson.decode, doc)
end

-- Documents made at random, the same each time.
local state = 99
local function random(n)
	state = (state * 1103515245 + 12345) % 2147483648
	return state // 65536 % n + 1
end
local function word()
	local s = {}
	for i = 1, random(12) do s[i] = string.char(96 + random(26)) end
	return table.concat(s)
end
local function value(depth)
	local kind = random(depth > 0 and 14 or 11)
	if kind == 1 then return random(30000) << random(63) end
	if kind == 2 then return (random(30000) - 15000) / 8 end
	if kind == 3 then return random(2) == 1 end
	if kind <= 5 then return word() end
	if kind == 6 then return bson.date(random(30000) * 50000) end
	if kind == 7 then return bson.objectid(("%024x"):format(random(30000))) end
	if kind == 8 then return bson.binary(word()) end
	if kind == 9 then return bson.null end
	if kind == 10 then return bson.regex(word(), word()) end
	if kind == 11 then return bson.timestamp(random(30000), random(30000)) end
	if kind == 12 then return { [word()] = value(depth - 1) } end
	local list = {}
	for i = 1, random(5) do list[i] = value(depth - 1) end
	return list
end
for i = 1, ... or 300 do
	local args = {}
	for n = 1, random(8) do args[2 * n - 1], args[2 * n] = word() .. n, value(3) end
	local d = bson.encode_order(table.unpack(args))
	line("random " .. i, function() return hex(tostring(d)) end)
	line("table " .. i, bson.decode, d)
	local t = bson.decode(d)
	line("again " .. i, function() return show(bson.decode(bson.encode(t))) == show(t) end)
end
