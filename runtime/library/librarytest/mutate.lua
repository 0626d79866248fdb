local skynet = require "skynet"
local name, functions, seed, seconds, path = ...

math.randomseed(math.tointeger(seed))

local corpus = {}
for line in io.lines(path) do corpus[#corpus + 1] = line end

local mutated = mutator(corpus)

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
