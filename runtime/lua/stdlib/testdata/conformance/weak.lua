-- Weak tables lose what nothing else refers to, at the next full collection.
local function count(t) local n = 0 for _ in pairs(t) do n = n + 1 end return n end
local function fill(mode, n, make, kept)
  local t = setmetatable({}, {__mode = mode})
  for i = 1, n do local k, v = make(i) t[k] = v if i % 10 == 0 then kept[#kept + 1] = mode == "k" and k or v end end
  return t
end
local kept = {}
local values = fill("v", 100, function(i) return i, {i} end, kept)
collectgarbage()
print(count(values), values[10][1], values[11], #kept)
kept = {}
local keys = fill("k", 100, function(i) return {i}, i end, kept)
collectgarbage()
print(count(keys), keys[kept[3]], #kept)
kept = {}
local both = fill("kv", 100, function(i) return "k" .. i, {i} end, kept)
collectgarbage()
print(count(both), both.k20[1], both.k21)
-- a value that leads back to its key
kept = {}
local ring = fill("k", 100, function(i) local k = {i} return k, {k} end, kept)
collectgarbage()
print(count(ring), ring[kept[1]][1] == kept[1])
kept = nil collectgarbage() print(count(ring), next(ring))
-- what is no object stays, and so do strings
local plain = setmetatable({1, "two", 3.5, true, x = "y"}, {__mode = "kv"})
collectgarbage() print(count(plain), plain[2], plain.x, #plain)
-- the mode may come and go
local t = setmetatable({{}, {}, a = {}}, {__mode = "v"})
collectgarbage() print(count(t))
t[1] = {} setmetatable(t, nil) collectgarbage() print(count(t))
-- a traversal that removes
local w = setmetatable({}, {__mode = "k"})
local list = {} for i = 1, 20 do list[i] = {} w[list[i]] = i end
for k, v in pairs(w) do if v % 2 == 0 then w[k] = nil end end
print(count(w), w[list[1]], w[list[2]], pcall(next, w, {}))
w[list[2]] = "again" print(w[list[2]], count(w))
-- functions and coroutines
local f = setmetatable({}, {__mode = "v"})
f.f, f.co = function() return f end, coroutine.create(print)
collectgarbage() print(f.f, f.co)
