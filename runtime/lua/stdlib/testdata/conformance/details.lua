local t = setmetatable({1,2,3,4,5}, {__len = function() return "3" end})
print(table.unpack(t)) print(table.concat(t, ",")) print(pcall(table.insert, t, 9))
print(pcall(table.unpack, setmetatable({}, {__len = function() return "x" end})))
print(pcall(table.concat, setmetatable({}, {__len = function() return 1.5 end})))
print(pcall(next, {10,20}, 3)) print(pcall(next, {}, 1)) print(pcall(next, {10,20}, 2)) print(pcall(next,{a=1},"b"))
print(pcall(load("return x", "c", "t", nil))) print(load("x = 1", "=c", "t", nil) ~= nil, pcall(load("x = 1", "=c", "t", nil)))
print(pcall(load("return x", "=c", "t", 5))) print(pcall(load("return x.y", "=c", "t", "abc")))
print(pcall(string.format, "%0.34s", "x")) print(pcall(string.format, "%.u", 0)) print(pcall(string.format, "%.20s", "x"))
print(pcall(string.format, "%10c|%-5c|", 65, 66)) print(pcall(string.format, "%#i", 1)) print(pcall(string.format, "%0s", "x"))
print(pcall(string.format, "%5q", "x")) print(pcall(string.format, "%t", 1)) print(pcall(string.format, "%", 1)) print(pcall(string.format, "%123d", 1)) print(pcall(string.format, "%.123d", 1)) print(pcall(string.format, "%u", 3))
local f = io.tmpfile() f:write(("1"):rep(250), " 5\n0x", ("f"):rep(300), " 7") f:seek("set") print(f:read("n")) print(f:read("n")) f:seek("set") print(f:read("n", "n", "l"))
f:seek("set") f:write(("1"):rep(199), " 6 ") f:seek("set") print(f:read("n") ~= nil, f:read("n"))
print(select("#", load("return", "c", "t", nil)), pcall(loadfile, "/nonexistent", "t", nil))
print(pcall(ipairs)) print(pcall(setmetatable, 1)) print(pcall(rawset, {}, nil, 1)) print(pcall(rawlen, 5))
print(debug.setmetatable(10, {__index = function(a, b) return a + b end}) == 10, (10)[3]) debug.setmetatable(10, nil)
do local ok, e = pcall(function() local z <close> = setmetatable({}, {__close = function() end}) getmetatable(z).__close = nil end) print(e) end
print(pcall(collectgarbage, "step", 0), pcall(collectgarbage, "bogus"))
-- A __gc can't collect.
do
	local said = {}
	setmetatable({}, {__gc = function()
		for _, option in ipairs{"collect", "count", "step", "isrunning", "stop", "setpause", "incremental"} do
			said[#said + 1] = tostring(collectgarbage(option))
		end
		said[#said + 1] = select(2, pcall(collectgarbage, "x"))
	end})
	repeat collectgarbage() until #said > 0
	print(table.concat(said, " "), collectgarbage("isrunning"))
end
print(tonumber("+1z", 36), tonumber("  +7  ", 8), tonumber("-+7", 8), tonumber("+-7", 8), tonumber("+", 10), tonumber("-", 10))
do local a, b = "ab" .. "c", "a" .. "bc" print(string.format("%p", a) == string.format("%p", b)) end
print(pcall(debug.setuservalue, debug.upvalueid(function() return print end, 1), {}))
do local name = os.tmpname() local f = io.open(name, "wb") f:write("#!shebang\n", string.dump(function() return 1, "\0" end)) f:close() print(loadfile(name)()) print(select("#", loadfile(name, "b"), loadfile(name, "t"))) os.remove(name) end
