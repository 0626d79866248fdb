-- Prints what sproto makes of descriptions and messages: bytes in hex, tables with their keys in order, errors behind "e ".
local core = require "sproto.core"
local parser = require "sprotoparser"
local sproto = require "sproto"

local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
local function show(v)
	if type(v) == "string" then return v:find "[^%g ]" and "x" .. hex(v) or ("%q"):format(v) end
	if type(v) == "function" or type(v) == "userdata" then return type(v) end
	if type(v) ~= "table" then return v ~= v and "nan" or tostring(v) end
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
	print(name .. " " .. table.concat(results, " ", 2, results.n))
end

local text = [[
.package { type 0 : integer session 1 : integer ud 2 : string } # a header
.Person {
	name 0 : string
	id 1 : integer
	email 3 : string
	.Phone { number 0 : string	type 1 : integer }
	phone 4 : *Phone
	alive 7 : boolean
	height 8 : double
	money 9 : integer(2)
	picture 20 : binary
	best 21 : Person
}
.Pair { key 0 : integer value 1 : Person.Phone }
.Text { key 0 : string value 1 : string }
.Lists {
	ints 0 : *integer bools 1 : *boolean texts 2 : *string doubles 3 : *double
	byid 4 : *Person(id) map 5 : *Pair() words 6 : *Text() decimals 7 : *integer(3) blobs 9 : *binary nested 300 : *Lists
}
.Empty { }
login 1 { request { who 0 : string secret 1 : binary } response { ok 0 : boolean player 1 : Person } }
ping 2 { }
quit 5 { response nil }
list 7 { request Empty response Lists }
push 9 { request Person.Phone }
]]
local bundle = parser.parse(text)
print(hex(bundle))
local sp = sproto.new(bundle)

-- Descriptions that are wrong, and such that are written in odd ways.
for i, wrong in ipairs {
	".A { a 0 : string", ".A { a : string }", ".A { a 0 string }", "\n\n.A { a 0 : foo }", ".A { a 0 : string a 1 : string }",
	".A { a 0 : string b 0 : string }", ".A { } .A { }", "a 1 { request X }", "a 1 { response Y }",
	".A { .B { } .B { } }", "a 1 { request { } request { } }", ".P { a 0 : string b 1 : string c 2 : string } .A { a 0 : *P() }",
	".P { a 0 : string } .A { a 0 : *P(b) }", ".P { a 0 : P } .A { a 0 : *P(a) }", "?", ".A { a 0 : string } }", ".A { a 0 : stri%ng }",
} do
	-- the line in the original's error counts ends of lines more than once where it tries again
	line("parse " .. i, function() return pcall(parser.parse, wrong, "file") and "ok" or (select(2, pcall(parser.parse, wrong, "file")):gsub("^[^ ]*%.lua:%d+: ", ""):gsub("line %(%d+%)", "line")) end)
end
for i, odd in ipairs { "", "# nothing", ".A{a 0:string}", ".A {\n#x\na 0 : *integer\n}\r\nq 3 { request A }", ".A { b 5 : integer a 2 : A.B .B { c 0 : A } }",
	".A { a 0 : integer(4) b 1 : string(x) c 2 : *integer }", ".A { a 100 : boolean z 32766 : double }", "#\n.A { }#" } do
	line("odd " .. i, function() return hex(parser.parse(odd)) end)
end

-- What the core says of itself and of wrong arguments.
for _, key in ipairs { "login", "ping", "quit", "list", "push", "none", 1, 2, 5, 7, 9, 3 } do line("protocol " .. key, core.protocol, sp.__cobj, key) end
for _, name in ipairs { "Person", "Lists", "Empty", "login.response" } do line("default " .. name, sp.default, sp, name) end
line("default request", sp.default, sp, "login", "REQUEST") line("default response", sp.default, sp, "login", "RESPONSE")
line("default none", sp.default, sp, "ping", "REQUEST") line("default bad", sp.default, sp, "ping", "X")
line("exist", sp.exist_type, sp, "Person") line("exist", sp.exist_type, sp, "X") line("exist", sp.exist_proto, sp, "login") line("exist", sp.exist_proto, sp, "X")
line("newproto", core.newproto, "") line("newproto", core.newproto, "\1\0\0\0\5") line("querytype", core.querytype, sp.__cobj, "none")
line("querytype", core.querytype, nil, "x") line("deleteproto", core.deleteproto) line("protocol", core.protocol, nil) line("protocol", core.protocol, sp.__cobj)
line("load", core.loadproto, 9) line("load", core.loadproto, 16) line("load", core.loadproto, -1) line("save", core.saveproto, sp.__cobj, 16)
line("save", core.saveproto, sp.__cobj, 3) line("save", function() return core.loadproto(3) == sp.__cobj end)
line("encode", core.encode, nil, nil) line("encode", core.encode, nil, {}) line("decode", core.decode, nil, "") line("default", core.default, nil)
line("unpack", core.unpack, "\1") line("unpack", core.unpack, "\255") line("unpack", core.unpack, "\255\1aaaaaaaa") line("unpack", core.unpack, {})
line("pack", core.pack, 5)

local function round(name, values)
	line("encode " .. name, function() return hex(sp:encode(name, values)) end)
	line("pencode " .. name, function() return hex(sp:pencode(name, values)) end)
	line("decode " .. name, function() return sp:decode(name, sp:encode(name, values)) end)
end
for _, v in ipairs { 0, 1, -1, 32766, 32767, 65535, 2147483647, 2147483648, -2147483648, -2147483649, math.maxinteger, math.mininteger, 3.0, 3.5, "7", "x", true, {}, 1e300 } do
	round("Person", { id = v })
	round("Lists", { ints = { 1, v, -2 } })
end
for _, v in ipairs { 0, 1.25, -3, 1e300, 1 / 0, "2.5", {} } do
	round("Person", { height = v, money = v }) round("Lists", { doubles = { v, 1 }, decimals = { v } })
end
for _, v in ipairs { true, false, 1, "x" } do round("Person", { alive = v }) round("Lists", { bools = { v, true } }) end
for _, v in ipairs { "", "text", ("long"):rep(300), "\0\1\2", 5, true, {} } do
	round("Person", { name = v, picture = v }) round("Lists", { texts = { v, "b" }, blobs = { v } })
end
for _, v in ipairs { 5, "x", true, print } do round("Lists", { ints = v }) round("Person", { best = v, phone = { v } }) end
round("Person", { phone = {}, best = {} }) round("Lists", { ints = {}, bools = {}, texts = {}, doubles = {}, byid = {}, map = {} })
round("Lists", { byid = { [5] = { id = 5, name = "five" } }, map = { [7] = { number = "seven" } }, words = { hello = "world" } })
round("Lists", { byid = { { name = "no id" } } }) round("Lists", { map = { x = {} } }) round("Lists", { words = { a = "" } })
round("Lists", { nested = { { ints = { 1 } }, { nested = { { bools = { true } } } } } })
round("Empty", { x = 1 }) line("encode none", sp.encode, sp, "none", {}) line("encode nil", sp.encode, sp, "Person", nil)
local deep = {}
for _ = 1, 70 do deep = { best = deep } end
line("deep", sp.encode, sp, "Person", deep)
line("meta", function()
	local t = setmetatable({}, { __index = function(_, k) if k == "id" then return 77 end end })
	local list = setmetatable({}, { __index = function(_, i) if i < 4 then return i * 2 end end })
	local words = setmetatable({}, { __pairs = function() return next, { one = "1" } end })
	return hex(sp:encode("Person", t)), hex(sp:encode("Lists", { ints = list, words = words }))
end)
line("into", function() local t = { old = 1 } local r, n = sp:decode("Person", sp:encode("Person", { id = 4 }), t) return r == t, r, n end)
line("behind", sp.decode, sp, "Person", sp:encode("Person", { id = 4 }) .. "more")

-- Requests and their answers through hosts.
local host = sp:host()
local request = host:attach(sp)
for _, call in ipairs { { "login", { who = "me", secret = "\0\1" }, 1 }, { "ping", nil, 2 }, { "quit", nil, 3 }, { "list", {}, 4, "ud" }, { "push", { number = "5" } } } do
	local ok, packed = pcall(request, call[1], call[2], call[3], call[4])
	line("request " .. call[1], function() return hex(packed) end)
	line("dispatch " .. call[1], host.dispatch, host, packed)
	local _, _, _, answer = host:dispatch(packed)
	if answer then
		local result = call[1] == "login" and { ok = true, player = { name = "me" } } or call[1] == "list" and { texts = { "a" } } or nil
		local bytes = answer(result, "x")
		line("answer " .. call[1], function() return hex(bytes) end)
		line("response " .. call[1], host.dispatch, host, bytes)
		line("again " .. call[1], host.dispatch, host, bytes)
	end
end
line("request none", request, "none") line("host none", sp.host, sp, "none")
line("request_encode", sp.request_encode, sp, "login", { who = "a" }) line("request_encode", sp.request_encode, sp, "ping", {})
line("request_decode", sp.request_decode, sp, 1, sp:request_encode("login", { who = "a" })) line("request_decode", sp.request_decode, sp, "ping", "")
line("response_encode", sp.response_encode, sp, "login", { ok = true }) line("response_encode", sp.response_encode, sp, "quit")
line("response_decode", sp.response_decode, sp, 1, (sp:response_encode("login", { ok = true }))) line("response_decode", sp.response_decode, sp, "ping", "")

-- Messages, bytes to pack, and damaged messages, made at random, the same each time.
local state = 4711
local function random(n)
	state = (state * 1103515245 + 12345) % 2147483648
	return state // 65536 % n + 1
end
local function text_of(n)
	local s = {}
	for i = 1, random(n) - 1 do s[i] = string.char(random(3) == 1 and 0 or random(256) - 1) end
	return table.concat(s)
end
local function integer() return random(3) == 1 and random(100) or (random(30000) << random(63)) * (random(2) == 1 and 1 or -1) end
local function maybe(v) if random(3) > 1 then return v end end
local function list(make) local l = {} for i = 1, random(6) - 1 do l[i] = make() end return l end
local function phone() return { number = maybe(text_of(8)), type = maybe(integer()) } end
local function person(depth)
	return { name = maybe(text_of(20)), id = integer(), email = maybe(text_of(30)), phone = maybe(list(phone)), alive = maybe(random(2) == 1),
		height = maybe(integer() / 8), money = maybe(random(1000) / 4), picture = maybe(text_of(60)), best = depth > 0 and maybe(person(depth - 1)) or nil }
end
local function lists(depth)
	local one = person(0)
	return { ints = maybe(list(integer)), bools = maybe(list(function() return random(2) == 1 end)), texts = maybe(list(function() return text_of(9) end)),
		doubles = maybe(list(function() return integer() / 4 end)), byid = maybe { [one.id] = one }, map = maybe { [integer()] = phone() },
		words = maybe { [text_of(9)] = text_of(9) }, decimals = maybe(list(function() return random(4000) / 8 end)), blobs = maybe(list(function() return text_of(30) end)),
		nested = depth > 0 and maybe { lists(depth - 1), lists(depth - 1) } or nil }
end
for i = 1, 150 do round("Person", person(2)) round("Lists", lists(i % 3)) end
for i = 1, 100 do
	local s = text_of(i % 10 == 0 and 5000 or 40)
	if i % 3 == 0 then s = s:gsub("%z", "x") end
	line("pack " .. i, function() return hex(core.pack(s)) end)
	line("unpack " .. i, function() return hex(core.unpack(core.pack(s))) end)
end
for i = 1, ... or 300 do
	local name = random(2) == 1 and "Person" or "Lists"
	local bytes = sp:encode(name, name == "Person" and person(1) or lists(1))
	for _ = 1, random(3) do
		local at = random(#bytes)
		bytes = random(4) == 1 and bytes:sub(1, at) or bytes:sub(1, at - 1) .. string.char(random(8) - 1) .. bytes:sub(at + 1)
	end
	line("damaged " .. i, function()
		local t, n = sp:decode(name, bytes)
		return #show(t) < 4000 and show(t) or "long", n
	end)
	line("damaged pack " .. i, function() return hex(core.unpack(bytes)) end)
end
