local skynet = require "skynet"
local name, path = ...

local function value(word)
	if word == '""' then return "" end
	return (word:gsub("%x%x", function(digits) return string.char(tonumber(digits, 16)) end))
end

local function hex(s)
	if s == "" then return '""' end
	return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end

-- A padding's mode is the only number in these files: it stands third, short, behind two texts.
local function arguments(words)
	local args, n = {}, 0
	for word in words:gmatch("%S+") do
		n = n + 1
		args[n] = n == 3 and word:match("^%-?%d$") and math.tointeger(word) or value(word)
	end
	return args, n
end

skynet.start(function()
	local module = require(name)
	local lines, wrong = 0, {}
	for line in io.lines(path) do
		lines = lines + 1
		local call, words, mark, want = line:match("^(%S+)(.-) ([=!]) (.*)$")
		local args, n = arguments(words)
		local ok, got = pcall(module[call], table.unpack(args, 1, n))
		if ok then got = hex(got) end
		if ok ~= (mark == "=") or got ~= want then
			wrong[#wrong + 1] = ("line %d: %s\n\tgot %s"):format(lines, line, tostring(got))
		end
	end
	if #wrong == 0 and lines > 0 then
		print("all of " .. lines)
	else
		print(#wrong .. " of " .. lines .. " are wrong\n" .. table.concat(wrong, "\n", 1, math.min(#wrong, 20)))
	end
end)
