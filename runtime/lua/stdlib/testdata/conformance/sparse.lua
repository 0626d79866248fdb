-- Integers far apart cost what they cost in C Lua; `#` is its border.
local players = {} for i = 1, 1000 do players[i * 1000003] = i end
local sum = 0 for k, v in pairs(players) do sum = sum + k // v end print(sum, #players)
for i = 1, 1000 do players[i * 1000003] = nil end print(next(players), #players)
local t = {} for i = 1, 21 do t[i] = {[5000000 + i] = true, [-i] = i, [1 << 50 + i] = i} end print(#t, t[3][5000003], t[3][-3])
t = {} t[8388608] = "x" t[1] = 1 t[2] = 2 t[4] = 4 print(#t, t[8388608])
t = {n = 1, 1, 2, nil, 4} print(#t) t[#t + 1] = 5 print(#t) t[5] = nil print(#t)
t = {} for i = 100, 1, -1 do t[i] = i end print(#t) for i = 100, 51, -1 do t[i] = nil end print(#t)
t = {1, 2, 3, [6.0] = 6, [2^53] = "b"} print(#t, t[6], t[1 << 53], t[2^53 | 0])
print(pcall(next, {1, 2}, 3)) print(pcall(next, {1, 2}, 1.0)) print(pcall(next, {a = 1}, "b")) print(next({}, nil))
for _, k in ipairs {0/0} do print(pcall(rawset, {}, k, 1)) end print(pcall(function() local x = {} x[nil] = 1 end))
local q, first, last = {}, 1, 0
for i = 1, 20000 do last = last + 1 q[last] = i if i > 10 then q[first] = nil first = first + 1 end end
local n = 0 for _ in pairs(q) do n = n + 1 end print(n, q[first], q[last])
local r = {} for i = 1, 40 do r["k" .. i] = i end for i = 1, 40, 2 do r["k" .. i] = nil end
n = 0 for k, v in pairs(r) do n = n + v r[k] = nil end print(n, next(r)) r.k1 = "again" print(next(r))
t = {table.unpack({1, 2, 3})} print(#t, select("#", table.unpack(t))) table.insert(t, 1, 0) print(table.concat(t, " "), table.remove(t, 2), #t)
local function n(v) if type(v)=="number" then return v end return 0 end
local T = {nil, 1, 2, 3, 4, [3] = 5, nil, }
T[8] = 45
print(#T)
for i = 1, 5 do T[i] = i % 7 end print(#T)
print(pcall(table.sort, T, function(a, b) return n(a) < n(b) end), #T)
local function dump() local t={} for i=1,13 do t[i]=tostring(rawget(T,i)) end print(table.concat(t," ")) end dump()
T[9] = 18 print(#T) 
T[12] = 11 print(#T)
print(pcall(table.sort, T, function(a, b) return n(a) < n(b) end)) dump() print(#T)
