-- Loads descriptions and decodes messages that were changed at random, for some seconds. Nothing but Lua errors may come of it.
local skynet = require "skynet"
local pb, slice = require "pb", require "pb.slice"
local mutator, seed, seconds = ...
math.randomseed(math.tointeger(seed))

local file = assert(io.open("testdata/types.pb", "rb"))
local set = file:read "a"
file:close()
assert(pb.load(set))
pb.option "encode_order"
local corpus = {
	pb.encode("game3.Player", { id = 1 << 60, name = "Ann", bag = { { id = 1, name = "s", kind = "SWORD", price = -5, weight = 0.5, bound = true, data = "\0\255" } },
		counts = { gold = 1 << 40 }, worn = { [3] = { kind = "BOW" } }, path = { 1, -1, 64, -65 }, hand = {} }),
	pb.encode("game3.Choice", { before = 1, item = { id = 7 }, flags = { [true] = "BOW" }, table = { [-3] = 1.5 } }),
	pb.encode("game.Scalars", { a_double = 1.5, an_int64 = -5, a_string = "text", an_enum = "BLUE", inner = { a_bool = true, inner = { extra = "x" } } }),
	pb.encode("game.Lists", { plain = { 1, 2, 3 }, packed = { 1, 300 }, texts = { "a", "b" }, messages = { {}, { a_bool = true } }, doubles = { 1 }, enums = { "RED" }, longs = { -1 } }),
	"\11\11\11\8\1\12\12\12", ("\11"):rep(50), "\26\2\8\1",
}
local types = { "game3.Player", "game3.Choice", "game3.Item", "game.Scalars", "game.Lists", "game.Defaults" }

local mutated = mutator(corpus)

local calls, failed, stop = 0, 0, skynet.hpc() + math.tointeger(seconds) * 1000000000
local function try(f, ...)
	local ok, message = pcall(f, ...)
	calls = calls + 1
	if not ok then
		failed = failed + 1
		assert(type(message) == "string", "an error that is no text")
		return
	end
	return message
end
local settings = { "auto_default_values", "no_default_values", "use_default_values", "use_default_metatable", "decode_default_array", "no_decode_default_array",
	"enum_as_name", "enum_as_value", "int64_as_number", "int64_as_string", "int64_as_hexstring" }
repeat
	for _ = 1, 100 do
		local name, bytes = types[math.random(#types)], mutated(corpus[math.random(#corpus)])
		local got = try(pb.decode, name, bytes)
		if got then try(pb.encode, name, got) end
		try(pb.unpack, name, bytes)
		try(slice.unpack, bytes, mutated "vdqs@iIfbS")
	end
	pb.option(settings[math.random(#settings)])
	local old = pb.state(nil)
	try(pb.load, mutated(set))
	for name in pb.types() do try(pb.decode, name, mutated(corpus[math.random(#corpus)])) end
	pb.state(old)
until skynet.hpc() > stop
print(("%d calls, %d errors"):format(calls, failed))
