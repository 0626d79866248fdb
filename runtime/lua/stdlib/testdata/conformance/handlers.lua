-- Message handlers that fail, and recursion without an end.
local function show(...)
	local t = table.pack(...)
	for i = 1, t.n do t[i] = tostring(t[i]):sub(1, 100) end
	print(table.concat(t, " | "))
end
local function f() return 1 + f() end
show(xpcall(error, function() error("again") end))
show(xpcall(error, function(e) return e .. nil end))
local n = 0
show(xpcall(error, function(e) n = n + 1 if n < 10 then error("n" .. n) end return "done " .. tostring(e) end))
print(n)
show(xpcall(f, function(e) return "H " .. e end))
show(pcall(f))
coroutine.wrap(function() show(xpcall(f, function(m) return m end)) end)()
print(pcall(pcall, f) and "goes on")
