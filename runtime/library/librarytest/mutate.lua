local skynet = require "skynet"
local name, functions, seed, seconds, path = ...

math.randomseed(math.tointeger(seed))

local corpus = {}
for line in io.lines(path) do corpus[#corpus + 1] = line end

-- mutated is a text with bytes changed, cut out, doubled, or put in from another one.
local function mutated(s)
	for _ = 1, math.random(0, 4) do
		local at, to = math.random(1, #s + 1), math.random(1, #s + 1)
		local how = math.random(5)
		if how == 1 then
			s = s:sub(1, at - 1) .. string.char(math.random(0, 255)) .. s:sub(at + 1)
		elseif how == 2 then
			s = s:sub(1, at - 1) .. s:sub(to)
		elseif how == 3 then
			s = s:sub(1, at) .. s:sub(at, to) .. s:sub(at)
		elseif how == 4 then
			local other = corpus[math.random(#corpus)]
			s = s:sub(1, at - 1) .. other:sub(math.random(1, #other + 1)) .. s:sub(at)
		else
			s = s:sub(1, at - 1) .. s:sub(at, at):rep(math.random(20)) .. s:sub(at + 1)
		end
	end
	return s
end

skynet.start(function()
	local module = require(name)
	local calls, failed, stop = 0, 0, skynet.hpc() + math.tointeger(seconds) * 1000000000
	repeat
		for f in functions:gmatch("[%w_]+") do
			local args = {}
			for i = 1, math.random(3) do args[i] = mutated(corpus[math.random(#corpus)]) end
			local ok, message = pcall(module[f], table.unpack(args))
			calls = calls + 1
			if not ok then
				failed = failed + 1
				assert(type(message) == "string", "an error that is no text")
			end
		end
	until skynet.hpc() > stop
	print(("%d calls, %d errors"):format(calls, failed))
end)
