package runtime

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestCarryRandom builds random graphs of data and objects in a service that declares
// nothing, reloads it with other texts, some of which fail, and compares what all
// its variables lead to, by a walk of the graph that tells identity and classes.
func TestCarryRandom(t *testing.T) {
	const rounds, reloads = 40, 4
	for seed := range uint64(rounds) {
		r := rand.New(rand.NewPCG(seed, 14))
		tn := newTestNode(t, map[string]string{"main.lua": stateService(graphService(0, ""))}, nil)
		h := tn.launch("main")
		for generation := 1; generation <= reloads; generation++ {
			for range 20 {
				tn.command(h, fmt.Sprintf("step %d", r.IntN(1<<30)))
			}
			want := tn.command(h, "dump")
			if r.IntN(3) == 0 {
				tn.write("main.lua", stateService(graphService(generation, fmt.Sprintf("for i = 1, 5 do CMD.step(%d + i) end error('no')", r.IntN(1<<30)))))
				if rec := tn.reload1(h, ReloadOptions{}); rec.Err == nil || len(rec.Unrestored) > 0 {
					t.Fatalf("seed %d: %v, not undone: %v", seed, rec.Err, rec.Unrestored)
				}
				if got := tn.command(h, "dump"); got != want {
					t.Fatalf("seed %d: after a start that failed\n%s\nwant\n%s", seed, got, want)
				}
			}
			rec := tn.carried(h, graphService(generation, ""))
			if got := tn.command(h, "dump"); got != want || len(rec.Lost) > 0 {
				t.Fatalf("seed %d, generation %d: lost %v\n%s\nwant\n%s", seed, generation, rec.Lost, got, want)
			}
			if got, want := tn.command(h, "version"), fmt.Sprint(generation); got != want {
				t.Fatalf("seed %d: objects are of version %s, want %s", seed, got, want)
			}
		}
	}
}

// graphService is a service with data in locals, globals and fields. Its text differs
// by the generation; start is what its start function does.
func graphService(generation int, start string) string {
	return strings.NewReplacer("VERSION", fmt.Sprint(generation), "STARTS", start).Replace(`
local vVERSION
local A, B = {}, {}
A.__index = A
B.__index = setmetatable(B, A)
function A:version() return VERSION end
local M = { sub = {} }
function M.f() end
function M.sub.f() end
local one, two, three = {}, { 1, 2 }, nil
local alias = { one = one, m = M }
G = {}
local nodes = { one, two, G }
function CMD.step(seed)
	local n = tonumber(seed)
	local function rnd(k) n = (n * 1103515245 + 12345) % 2147483648 return n // 65536 % k + 1 end
	local function value()
		local k = rnd(8)
		if k == 1 then return rnd(1000) elseif k == 2 then return "s" .. rnd(9) elseif k == 3 then return rnd(2) == 1
		elseif k < 6 then return nodes[rnd(#nodes)] elseif k == 6 then return rnd(2) == 1 and A or M end
		local t = {}
		if k == 7 then setmetatable(t, rnd(2) == 1 and A or B) end
		nodes[#nodes + 1] = t
		return t
	end
	local t = nodes[rnd(#nodes)]
	local key = rnd(3)
	if key == 1 then t[#t + 1] = value() elseif key == 2 then t["k" .. rnd(5)] = value() else t["k" .. rnd(5)] = nil end
	if rnd(4) == 1 then three = value() end
	if rnd(4) == 1 then M.value = value() end
	if rnd(4) == 1 then M.sub.value = value() end
	if rnd(4) == 1 then G2 = value() end
end
function CMD.version()
	for _, t in ipairs(nodes) do
		if getmetatable(t) and t:version() ~= VERSION then return t:version() end
	end
	return VERSION
end
function CMD.dump()
	local names, count, out = {}, 0, {}
	local known = { [A] = "A", [B] = "B", [M] = "M" }
	local function show(v)
		if type(v) ~= "table" then return tostring(v) end
		if known[v] then return known[v] end
		if names[v] then return names[v] end
		count = count + 1
		names[v] = "t" .. count
		local keys = {}
		for k in pairs(v) do keys[#keys + 1] = k end
		table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
		local parts = {}
		for _, k in ipairs(keys) do parts[#parts + 1] = tostring(k) .. "=" .. show(v[k]) end
		local mt = getmetatable(v)
		return "t" .. count .. (mt and ":" .. (known[mt] or "?") or "") .. "{" .. table.concat(parts, " ") .. "}"
	end
	for _, v in ipairs({ nodes, one, two, { three }, alias, G, { G2 }, { M.value }, { M.sub.value } }) do out[#out + 1] = show(v) end
	return table.concat(out, "\n")
end
function START() STARTS end
`)
}
