-- Registers descriptions and decodes messages that were changed at random, for some seconds. Nothing but Lua errors may come of it.
local skynet = require "skynet"
local c = require "protobuf.c"
local mutator, seed, seconds = ...
math.randomseed(math.tointeger(seed))

local file = assert(io.open("testdata/types.pb", "rb"))
local set = file:read "a"
file:close()
local P = c._env_new()
c._env_register(P, set)
local corpus = {
	"\24\1\74\4text\98\0\162\31\6\162\31\3\74\1a", "\8\1\18\3\1\2\3\26\1a\34\2\24\5\42\8\0\0\0\0\0\0\0\64\50\2\1\7\57\1\2\3\4\5\6\7\8\66\2\0\1\74\1\7\80\2\93\0\0\0\64\96\5",
	"\8\1\18\1n\24\1\33\0\0\0\0\0\0\0\0\42\4\8\1\16\3", "\11\8\1\12", "\24\255\255\255\255\255\255\255\255\255\255\1",
}
local types = { "game.Scalars", "game.Lists", "game.Defaults", "game.Needed", "google.protobuf.FileDescriptorSet" }
local fields = { "an_int64", "a_string", "an_enum", "inner", "plain", "packed", "messages", "texts", "a_double", "file" }

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
local function expand(type, bytes) return { type, bytes } end
local function decode(env, type, bytes)
	try(c._decode, env, expand, {}, type, bytes)
	local m = try(c._rmessage_new, env, type, bytes)
	if m then
		for _, key in ipairs(fields) do
			try(c._rmessage_int, m, key, math.random(-1, 3)) try(c._rmessage_string, m, key, math.random(-1, 3)) try(c._rmessage_real, m, key, 0)
			local inner = try(c._rmessage_message, m, key, 0)
			if inner then try(c._rmessage_size, inner, "plain") end
		end
	end
end
local patterns = { { "game.Scalars", "@an_int32 %d a_string %s inner %s a_double %F", "ismr" }, { "game.Lists", "@plain %a packed %a texts %a messages %a doubles %a", "IISMR" } }
repeat
	for _ = 1, 100 do
		local bytes = mutated(corpus[math.random(#corpus)])
		decode(P, types[math.random(#types)], bytes)
		local p = patterns[math.random(#patterns)]
		try(c._pattern_unpack, c._pattern_new(P, p[1], p[2]), p[3], 1000, bytes)
	end
	local env = c._env_new()
	try(c._env_register, env, mutated(set))
	for _, type in ipairs(types) do
		decode(env, type, mutated(corpus[math.random(#corpus)]))
		local w = try(c._wmessage_new, env, type)
		for _, key in ipairs(fields) do
			try(c._wmessage_int, w, key, 5) try(c._wmessage_string, w, key, "RED") try(c._wmessage_real, w, key, 1.5)
			local inner = try(c._wmessage_message, w, key)
			if inner then try(c._wmessage_int, inner, "an_int64", 7) end
		end
		try(c._wmessage_buffer_string, w)
	end
until skynet.hpc() > stop
print(("%d calls, %d errors"):format(calls, failed))
