package syntax_test

import "fmt"

// tables writes a block that works on a table of its own: sparse, with holes,
// growing and shrinking, or weak.
func (g *progen) tables() {
	if g.chance(12) {
		g.weakTables()
		return
	}
	g.line("do")
	// Where keys are removed beside names, what `#` of a table with holes is depends on
	// the hashes of the names, which C Lua chooses anew at each start.
	mixed := g.chance(3)
	g.line("  local T = %s", g.constructor(mixed))
	for range 3 + g.r.IntN(12) {
		g.tableOperation(mixed)
	}
	g.line("  local keys, sum, last = 0, 0, nil")
	g.line("  for k, v in next, T do keys, sum, last = keys + 1, sum + n(v), k end")
	g.line("  out(keys, sum, #T, next(T, last))")
	if g.chance(2) {
		g.line("  for k in pairs(T) do if n(k) %% 2 == 0 then T[k] = nil end end")
		g.line("  keys = 0 for k in pairs(T) do keys = keys + 1 end out(keys)")
	}
	g.line("end")
}

// constructor is a list, perhaps with holes, with names, or with what a call gives.
func (g *progen) constructor(names bool) string {
	s := "{"
	for i := range g.r.IntN(9) {
		switch g.r.IntN(8) {
		case 0:
			s += "nil, "
		case 1:
			if names {
				s += fmt.Sprintf("f%d = %d, ", i, i)
			}
		case 2:
			s += fmt.Sprintf("[%s] = %d, ", g.index(), i)
		default:
			s += fmt.Sprint(i, ", ")
		}
	}
	if g.chance(3) {
		s += g.pick("three()", "id()", "id(nil, 2)", "table.unpack({1, 2, nil, 4}, 1, 4)")
	}
	return s + "}"
}

// index is an integer, most often one of an array.
func (g *progen) index() string {
	switch g.r.IntN(12) {
	case 0:
		return g.pick("1010001", "2020001", "-1", "0", "1 << 40", "math.maxinteger", "math.mininteger", "2^53", "1e6")
	case 1, 2:
		return fmt.Sprint(g.r.IntN(200))
	case 3:
		return fmt.Sprint(g.r.IntN(12), ".0")
	}
	return fmt.Sprint(1 + g.r.IntN(16))
}

func (g *progen) tableOperation(mixed bool) {
	switch g.r.IntN(16) {
	case 0, 1, 2:
		g.line("  T[%s] = %d", g.index(), g.r.IntN(50))
	case 3:
		if mixed {
			g.line("  T.%s = %d", g.pick("x", "y", "z", "name", "id"), g.r.IntN(50))
		}
	case 4:
		if !mixed {
			g.line("  T[%s] = nil", g.index())
		}
	case 5:
		g.line("  T[#T + 1] = %d out(#T)", g.r.IntN(50))
	case 6:
		if !mixed {
			g.line("  out(table.remove(T%s), #T)", g.pick("", "", ", #T", ", 1"))
		}
	case 7:
		g.line("  table.insert(T, %s%d) out(#T)", g.pick("", "", "1, "), g.r.IntN(50))
	case 8:
		g.line("  for i = 1, %d do T[i] = i %% 7 end out(#T)", 1+g.r.IntN(40))
	case 9:
		if !mixed {
			g.line("  for i = #T, %d, -1 do T[i] = nil end out(#T)", 1+g.r.IntN(20))
		}
	case 10:
		g.line("  out(#T, T[%s], rawlen(T), select('#', table.unpack(T)))", g.index())
	case 11:
		g.line("  out(pcall(table.concat, T, ','))")
	case 12:
		g.line("  out(#table.move(T, 1, %d, %d, {%s}))", g.r.IntN(9), 1+g.r.IntN(9), g.pick("", "1, 2, 3"))
	case 13:
		name := ""
		if mixed {
			name = "n = 1, "
		}
		g.line("  T = {"+name+"table.unpack(T, 1, %d)} out(#T, #table.pack(table.unpack(T)))", g.r.IntN(30))
	case 14:
		g.line("  out(pcall(next, T, %s))", g.pick("'no such key'", "1 << 50", "0.5", "{}"))
	case 15:
		g.line("  out(pcall(table.sort, T, function(a, b) return n(a) < n(b) end), #T)")
	}
}

// weakTables writes a block in which weak tables lose what nothing refers to.
func (g *progen) weakTables() {
	mode := g.pick("k", "v", "kv")
	g.line("do")
	g.line("  local W, kept = setmetatable({}, {__mode = '%s'}), {}", mode)
	g.line("  for i = 1, %d do", 1+g.r.IntN(12))
	g.line("    local o = {i}")
	g.line("    if i %% %d == 0 then kept[#kept + 1] = o end", 1+g.r.IntN(3))
	switch mode {
	case "k":
		g.line("    W[o] = %s", g.pick("i", "{o}", "function() return o end", "'text'"))
	case "v":
		g.line("    W[%s] = o W['s' .. i] = i", g.pick("i", "'k' .. i", "i * 1000"))
	default:
		g.line("    W[%s] = o W[i + 0.5] = i", g.pick("o", "i"))
	}
	g.line("  end")
	if g.chance(2) {
		g.line("  kept[#kept] = nil")
	}
	g.line("  collectgarbage()")
	g.line("  local live = 0 for k, v in pairs(W) do live = live + 1 end")
	g.line("  out(live, #kept)")
	g.line("end")
}
