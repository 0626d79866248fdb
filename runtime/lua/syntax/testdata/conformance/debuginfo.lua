-- What the compiler notes for debug.getinfo, debug.getlocal and tracebacks.
local function where(level) local i = debug.getinfo(level or 2, "Sl") return i.short_src .. ":" .. i.currentline end
print(where(),
	where())
local function locals(level)
	local s = {}
	for i = 1, 20 do
		local n, v = debug.getlocal(level or 2, i)
		if not n then break end
		if n:sub(1, 1) ~= "(" then s[#s + 1] = n .. "=" .. tostring(type(v) == "number" and v or type(v)) end
	end
	return table.concat(s, " ")
end
local function f(a, b, ...)
	local c <const> = a + b
	do local gone = 1 end
	for i = 1, 1 do
		local inner = i * 2
		for k, v in pairs { 9 } do
			print(locals())
		end
	end
	local function g() return c, locals() end
	local late = 7
	return g, locals()
end
print(select(2, f(1, 2, 3)))
print(f(1, 2)())
local i = debug.getinfo(f, "Su")
print(i.linedefined, i.lastlinedefined, i.what, i.nparams, i.isvararg)
i = debug.getinfo(1, "Su")
print(i.what, i.source, i.short_src, i.nparams, i.isvararg, i.linedefined)
print((debug.getupvalue(function() return i end, 1)))
local ok, msg = pcall(function()
	local t = {
		a = 1,
		b = nil
			+ 1,
	}
end)
print(msg)
print(select(2, pcall(function()
	local x = f(
		1,
		nil
	)
end)))
print(select(2, pcall(function()
	return undefinedfunction(1,
		2)
end)))
print(select(2, pcall(function()
	local t = {}
	t.x
		.y
		.z = 1
end)))
print(select(2, pcall(function()
	local s = "a" ..
		"b" ..
		nil
end)))
print(select(2, pcall(function()
	if 1 <
		{} then
	end
end)))
for _, src in ipairs { "local a = 1\nerror('e')", "error('e', 1)", "local t\n\nt.x = 1", "(function()\n error 'in' end)()" } do
	print(pcall(load(src, "=chunk")))
	print(pcall(load(src, "@dir/f.lua")))
	print(pcall(load(src)))
end
