package syntax_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A progen writes random programs that end, whose counters stay small, and whose
// output doesn't depend on the order of a hash table or on the address of
// anything.
type progen struct {
	r      *rand.Rand
	b      strings.Builder
	indent int
	vars   []genVar
	funcs  int // nesting of functions
	loops  []bool
	label  int
	vararg bool
	names  int
	budget int
	inCo   bool
}

type genKind int

const (
	kNum genKind = iota
	kAny
	kTab
	kFn
	kConst
	kWide // a number of any size and kind
)

type genVar struct {
	name string
	kind genKind
}

func generate(seed1, seed2 uint64) string {
	g := &progen{r: rand.New(rand.NewPCG(seed1, seed2)), budget: 60, vararg: true}
	g.vars = []genVar{{"G1", kNum}, {"G2", kAny}, {"G3", kTab}, {"G4", kFn}}
	g.line("G1, G2, G3, G4 = 7, nil, obj(3), id")
	g.block(6 + g.r.IntN(8))
	for _, v := range g.vars {
		g.line("out(%s)", v.name)
	}
	return g.b.String()
}

func (g *progen) line(format string, args ...any) {
	g.b.WriteString(strings.Repeat(" ", g.indent))
	fmt.Fprintf(&g.b, format, args...)
	g.b.WriteByte('\n')
}

func (g *progen) pick(list ...string) string { return list[g.r.IntN(len(list))] }
func (g *progen) chance(n int) bool          { return g.r.IntN(n) == 0 }

func (g *progen) fresh(kind genKind) string {
	// Few names, so that they shadow each other.
	g.names++
	name := string(rune('a'+g.r.IntN(7))) + g.pick("", "", "1", "2")
	g.vars = append(g.vars, genVar{name, kind})
	return name
}

// visible returns a variable of the kind, or "".
func (g *progen) visible(kinds ...genKind) string {
	seen := map[string]bool{}
	var list []string
	for i := len(g.vars) - 1; i >= 0; i-- {
		v := g.vars[i]
		if seen[v.name] {
			continue
		}
		seen[v.name] = true
		for _, k := range kinds {
			if v.kind == k {
				list = append(list, v.name)
			}
		}
	}
	if len(list) == 0 {
		return ""
	}
	return list[g.r.IntN(len(list))]
}

func (g *progen) num(depth int) string {
	if depth <= 0 || g.budget < 0 {
		if v := g.visible(kNum, kConst); v != "" && !g.chance(4) {
			return v
		}
		return g.pick("1", "2", "3", "5", "10", "0x10", "250", "-1", "0")
	}
	switch g.r.IntN(18) {
	case 0, 1, 2:
		return g.num(depth-1) + g.pick(" + ", " - ") + g.pick("1", "2", "7")
	case 3, 4:
		return "(" + g.num(depth-1) + g.pick(" + ", " - ", " * ", " | ", " ~ ") + g.num(depth-1) + ") % 1009"
	case 5:
		return "(" + g.num(depth-1) + ") % " + g.pick("7", "13", "-5")
	case 6:
		return "(" + g.num(depth-1) + ") // " + g.pick("3", "-2", "5")
	case 7:
		return "(" + g.num(depth-1) + ") & " + g.pick("0xff", "7", "~3")
	case 8:
		return "((" + g.num(depth-1) + ") % 64 << " + g.pick("1", "2", "3") + ")"
	case 9:
		return "(-(" + g.num(depth-1) + "))"
	case 10:
		return "n(" + g.any(depth-1) + ")"
	case 11:
		return "#" + g.pick("'abc'", "{1, 2, 3}", g.str(depth-1))
	case 12:
		return "n((" + g.cond(depth-1) + ") and " + g.num(depth-1) + " or " + g.num(depth-1) + ")"
	case 13:
		if g.vararg {
			return "select('#', ...)"
		}
	case 14:
		if t := g.visible(kTab); t != "" {
			return "n(" + t + "." + g.pick("x", "y", "z") + ")"
		}
	case 15:
		if f := g.visible(kFn); f != "" {
			return "n(" + f + "(" + g.args(depth-1) + "))"
		}
	}
	return g.num(0)
}

func (g *progen) str(depth int) string {
	if depth <= 0 {
		return g.pick("'s'", "\"q\\n\"", "[[long]]", "'\\x41\\z  b'", "''")
	}
	switch g.r.IntN(6) {
	case 0, 1:
		return "(" + g.str(depth-1) + " .. " + g.num(depth-1) + " .. " + g.str(depth-1) + ")"
	case 2:
		return "(" + g.str(depth-1) + "):upper()"
	case 3:
		return "type((" + g.any(depth-1) + "))"
	case 4:
		return "(" + g.str(depth-1) + "):sub(1, 3)"
	}
	return g.str(0)
}

func (g *progen) cond(depth int) string {
	switch g.r.IntN(9) {
	case 0, 1, 2:
		return g.num(depth-1) + g.pick(" < ", " <= ", " > ", " >= ", " == ", " ~= ") + g.num(depth-1)
	case 3:
		if depth > 0 {
			return "not (" + g.cond(depth-1) + ")"
		}
	case 4:
		if depth > 0 {
			return "(" + g.cond(depth-1) + g.pick(" and ", " or ") + g.cond(depth-1) + ")"
		}
	case 5:
		return g.any(depth-1) + g.pick(" == ", " ~= ") + g.any(depth-1)
	case 6:
		return g.any(depth - 1)
	case 7:
		return "ord(" + g.num(depth-1) + ")" + g.pick(" < ", " <= ", " > ", " >= ") + "ord(" + g.num(depth-1) + ")"
	}
	return g.pick("true", "false", "nil", g.num(0)+" > 3")
}

func (g *progen) any(depth int) string {
	if depth <= 0 || g.budget < 0 {
		if v := g.visible(kNum, kAny, kTab, kFn, kConst, kWide); v != "" && !g.chance(5) {
			return v
		}
		return g.pick("nil", "true", "false", "3", "'w'", "undefined")
	}
	switch g.r.IntN(15) {
	case 14:
		return g.wide(depth - 1)
	case 0, 1:
		return g.num(depth)
	case 2:
		return g.str(depth)
	case 3:
		return "(" + g.cond(depth) + ")"
	case 4, 5:
		return "(" + g.any(depth-1) + g.pick(" and ", " or ") + g.any(depth-1) + ")"
	case 6:
		return "(" + g.any(depth-1) + " and " + g.any(depth-1) + " or " + g.any(depth-1) + ")"
	case 7:
		return g.table(depth - 1)
	case 8:
		if g.budget > 0 && g.funcs < 4 {
			return g.function()
		}
	case 9:
		if f := g.visible(kFn); f != "" {
			return f + "(" + g.args(depth-1) + ")"
		}
	case 10:
		if v := g.visible(kTab, kAny); v != "" {
			return v + g.pick(".x", ".y", "[1]", "['z']", ".x.y")
		}
	case 11:
		if t := g.visible(kTab); t != "" {
			return "(" + t + g.pick(" + ", " .. ", " - ") + g.any(depth-1) + ")"
		}
	case 12:
		if g.vararg {
			return "(...)"
		}
	}
	return g.any(0)
}

// risky is an expression that may well raise an error.
func (g *progen) risky() string {
	switch g.r.IntN(10) {
	case 0:
		return g.any(1) + g.pick(" + ", " * ", " // 3 - ", " & ", " << ") + g.any(1)
	case 1:
		return g.any(1) + " .. " + g.any(1) + " .. " + g.str(0)
	case 2:
		return g.any(1) + g.pick(" < ", " >= ") + g.any(1)
	case 3:
		return "-" + g.any(0)
	case 4:
		return "#" + g.any(0)
	case 5:
		return g.any(0) + "(" + g.args(1) + ")"
	case 6:
		if v := g.visible(kTab, kAny); v != "" {
			return v + g.pick(".x.y", ".nope()", ":nope()", "[1][2]", ".x.y.z", ":get(1)")
		}
	case 7:
		return "error((" + g.any(1) + ")" + g.pick("", ", 0", ", 1", ", 2") + ")"
	case 8:
		return "undefined" + g.pick(".x", "()", ".f()", " + 1", "[1]")
	}
	return g.any(2)
}

func (g *progen) args(depth int) string {
	var list []string
	for range g.r.IntN(4) {
		list = append(list, g.any(depth))
	}
	if g.vararg && g.chance(5) {
		list = append(list, "...")
	}
	return strings.Join(list, ", ")
}

func (g *progen) table(depth int) string {
	switch g.r.IntN(5) {
	case 0:
		return "obj(" + g.num(depth) + ")"
	case 1:
		return "{" + g.args(depth) + "}"
	case 2:
		return "{x = " + g.any(depth) + ", y = " + g.any(depth) + ", " + g.num(depth) + "}"
	case 3:
		return "{[" + g.str(depth) + "] = " + g.num(depth) + "; z = " + g.any(depth) + "}"
	}
	return "{}"
}

// function writes a function expression.
func (g *progen) function() string {
	g.budget -= 3
	inner := *g
	inner.b = strings.Builder{}
	inner.funcs++
	inner.loops = nil
	inner.indent += 2
	inner.vars = append([]genVar(nil), g.vars...)
	var params []string
	for range g.r.IntN(3) {
		params = append(params, inner.fresh(kAny))
	}
	inner.vararg = g.chance(3)
	if inner.vararg {
		params = append(params, "...")
	}
	inner.line("tick()")
	inner.block(1 + g.r.IntN(4))
	if g.chance(2) {
		inner.line("return %s", inner.returns())
	}
	g.budget, g.label = inner.budget, inner.label
	return "function(" + strings.Join(params, ", ") + ")\n" + inner.b.String() + strings.Repeat(" ", g.indent) + "end"
}

func (g *progen) returns() string {
	switch g.r.IntN(5) {
	case 0:
		if f := g.visible(kFn); f != "" {
			return f + "(" + g.args(1) + ")"
		}
	case 1:
		if g.vararg {
			return "..., " + g.any(1)
		}
	case 2:
		return g.any(1) + ", " + g.any(1)
	case 3:
		return g.num(1) + ", three()"
	}
	return g.any(2)
}
