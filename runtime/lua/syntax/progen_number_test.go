package syntax_test

// limits are numbers at whose neighbours something changes: the kind, the form,
// the text, or whether a double holds it.
var limits = []string{
	"0", "1", "-1", "2", "3", "7", "10", "63", "64", "-64", "0xff", "1023", "1024", "0x7fffffff", "0x80000000", "0xffffffff", "1 << 32",
	"(1 << 52)", "(1 << 53)", "((1 << 53) - 1)", "((1 << 53) + 1)", "-(1 << 53)", "-(1 << 53) - 1", "9007199254740993", "(1 << 62)",
	"math.maxinteger", "math.mininteger", "(math.maxinteger - 1)", "(math.mininteger + 1)", "0x7fffffffffffffff", "0xfffffffffffffffe",
	"9223372036854775807", "9223372036854775808", "0.0", "-0.0", "1.0", "-1.0", "3.0", "0.5", "-2.5", "1e15", "1e16", "1e100", "-1e308",
	"2^53", "-2^53", "(2^53 + 2)", "(2^53 - 1)", "2^52", "2^62", "2^63", "-2^63", "2^64", "(1/0)", "(-1/0)", "(0/0)", "0x1p-3", "76561198000000001",
}

// wide is a number of any size and kind.
func (g *progen) wide(depth int) string {
	if depth <= 0 || g.budget < 0 {
		if v := g.visible(kWide); v != "" && g.chance(2) {
			return v
		}
		return g.pick(limits...)
	}
	a, b := g.wide(depth-1), g.wide(depth-1)
	switch g.r.IntN(14) {
	case 0, 1, 2, 3:
		if b == "0" { // C Lua computes x - 0 as x + 0, which makes 0.0 of -0.0
			b = "1"
		}
		return "(" + a + g.pick(" + ", " - ", " * ") + b + ")"
	case 4, 5:
		return "(" + a + g.pick(" // ", " % ", " / ") + b + ")"
	case 6, 7:
		return "bits(function() return " + a + g.pick(" & ", " | ", " ~ ", " << ", " >> ") + b + " end)"
	case 8:
		return "(-" + a + ")"
	case 9:
		return "bits(function() return ~" + a + " end)"
	case 10:
		return "(" + a + " ^ " + g.pick("2", "1", "0", "2.0") + ")"
	case 11:
		return g.function1(a)
	case 12:
		return g.pick("math.max(", "math.min(", "fmod(") + a + ", " + b + ")"
	}
	return "(" + a + " < " + b + " and " + a + " or " + b + ")"
}

// function1 is a function of one number that gives one.
func (g *progen) function1(a string) string {
	switch g.r.IntN(7) {
	case 0:
		return "math.floor(" + a + ")"
	case 1:
		return "math.ceil(" + a + ")"
	case 2:
		return "math.abs(" + a + ")"
	case 3:
		return "(math.tointeger(" + a + ") or 17)"
	case 4:
		return "tonumber(tostring(" + a + "))"
	case 5:
		return "(math.modf(" + a + "))"
	}
	return "(" + a + " + 0.0)"
}

// numbers writes a statement about numbers.
func (g *progen) numbers() {
	switch g.r.IntN(12) {
	case 0, 1:
		e := g.wide(3)
		g.line("local %s = %s", g.fresh(kWide), e)
	case 2:
		if v := g.visible(kWide); v != "" {
			g.line("%s = %s", v, g.wide(3))
		}
	case 3:
		g.line("out(%s, math.type(%s), %s .. '', -%s)", g.wide(2), g.wide(1), g.wide(1), g.wide(1))
	case 4:
		a, b := g.wide(1), g.wide(1)
		g.line("out(%s < %s, %s <= %s, %s == %s, rawequal(%s, %s), math.ult(1, 2))", a, b, a, b, a, b, a, b)
	case 5:
		g.line("out(pcall(string.format, %q, %s))", g.pick("%d", "%x", "%5.2f", "%s", "%q", "%g", "%i", "%a", "%.3e", "%o", "%5d"), g.wide(2))
	case 6:
		g.keys()
	case 7:
		f := g.pick("b", "B", "h", "i4", "I4", "<i8", ">j", "J", "n", "i16", "i3", "d")
		g.line("out(pcall(function() return string.unpack(%q, string.pack(%q, %s)) end))", f, f, g.wide(2))
	case 8:
		g.line("out(pcall(function() local k = 0 for i = %s, %s, %s do out(i) k = k + 1 if k > 3 then break end end return k end))",
			g.wide(1), g.wide(1), g.pick("1", "-1", "2", "0.5", "1.0", g.wide(0)))
	case 9:
		g.line("out(pcall(function() return bits(function() return %s%s%s end) end))", g.wide(1), g.pick(" & ", " | ", " ~ ", " << ", " >> ", " // ", " % "), g.wide(1))
	case 10:
		g.line("out(pcall(function() math.randomseed(%s) return math.random(0), math.random(), math.random(100) end))", g.pick("1", "42", "(1 << 60) + 1", "-7"))
	case 11:
		g.line("out(pcall(function() return %s .. %s, #tostring(%s), ('10' + %s), %s // '3' end))", g.wide(1), g.wide(1), g.wide(1), g.wide(1), g.wide(1))
	}
}

// keys writes statements about a table whose keys are numbers.
func (g *progen) keys() {
	a, b, c := g.wide(1), g.wide(1), g.wide(0)
	g.line("out(pcall(function()")
	g.line("  local t = {[%s] = 'a', 'x', [%s] = 'c'}", g.key(b), g.key(c))
	g.line("  t[%s] = 'b'", a)
	g.line("  rawset(t, %s, 'd')", c)
	g.line("  local n, kinds = 0, {}")
	g.line("  for k in pairs(t) do n = n + 1 kinds[#kinds + 1] = math.type(k) end")
	g.line("  table.sort(kinds)")
	g.line("  out(t[%s], t[%s], rawget(t, %s), t[1], t[1.0], n, table.concat(kinds, ','))", a, b, c)
	g.line("  t[%s] = nil", a)
	g.line("  return t[%s], next({[%s] = 1})", a, a)
	g.line("end))")
}

// key is an expression that is no nan, which a constructor refuses.
func (g *progen) key(e string) string { return "(" + e + ") ~= (" + e + ") and 0 or (" + e + ")" }
