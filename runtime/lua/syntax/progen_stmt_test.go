package syntax_test

import (
	"fmt"
	"strings"
)

// block writes n statements in the current scope.
func (g *progen) block(n int) {
	for range n {
		if g.budget < 0 {
			return
		}
		g.budget--
		g.statement()
	}
}

// scoped writes n statements in a scope of their own.
func (g *progen) scoped(n int) {
	mark := len(g.vars)
	g.indent += 2
	g.block(n)
	g.indent -= 2
	g.vars = g.vars[:mark]
}

func (g *progen) statement() {
	switch g.r.IntN(33) {
	case 30, 31, 32:
		g.tables()
	case 26, 27, 28, 29:
		g.numbers()
	case 0, 1, 2:
		g.local()
	case 3, 4, 5, 6:
		g.assign()
	case 7:
		g.line("out(%s)", g.any(2))
	case 8:
		g.ifelse()
	case 9, 10:
		g.forLoop()
	case 11:
		g.while()
	case 12, 13:
		g.protected()
	case 14:
		f := g.function()
		g.line("local %s = %s", g.fresh(kFn), f)
	case 15:
		name := g.fresh(kFn)
		f := g.function()
		g.line("local function %s%s", name, strings.TrimPrefix(f, "function"))
	case 16:
		g.coroutine()
	case 17:
		g.closers()
	case 18:
		g.line("do")
		g.scoped(1 + g.r.IntN(3))
		g.line("end")
	case 19:
		g.gotos()
	case 20:
		if len(g.loops) > 0 {
			g.line("if %s then break end", g.cond(1))
		}
	case 21:
		if g.funcs > 0 {
			g.line("if %s then return %s end", g.cond(1), g.returns())
		}
	case 22:
		if t := g.visible(kTab); t != "" {
			g.line("%s%s = %s", t, g.pick(".x", ".y", ".z", "[#"+t+" + 1]"), g.any(1)+" or 0")
		}
	case 23:
		if f := g.visible(kFn); f != "" {
			g.line("out(%s(%s))", f, g.args(1))
		}
	case 24:
		if v := g.visible(kNum, kAny); v != "" {
			// Both kinds of name may be captured before they change.
			g.line("local %s = function() %s = %s; return %s end", g.fresh(kFn), v, g.num(1), v)
		}
	case 25:
		if g.inCo {
			g.line("out(coroutine.yield(%s))", g.args(1))
		}
	}
}

func (g *progen) local() {
	switch g.r.IntN(7) {
	case 0:
		e := g.any(2)
		g.line("local %s = %s", g.fresh(kAny), e)
	case 1:
		e, e2 := g.any(1), g.num(1)
		g.line("local %s, %s = %s, %s", g.fresh(kAny), g.fresh(kNum), e, e2)
	case 2:
		g.line("local %s, %s = three()", g.fresh(kNum), g.fresh(kNum))
	case 3:
		e := g.table(1)
		g.line("local %s = %s", g.fresh(kTab), e)
	case 4:
		e := g.pick(g.num(1), "5", "6")
		g.line("local %s <const> = %s", g.fresh(kConst), e)
	case 5:
		g.line("local %s", g.fresh(kAny))
	case 6:
		e := g.num(2)
		g.line("local %s = %s", g.fresh(kNum), e)
	}
}

func (g *progen) assign() {
	num, any := g.visible(kNum), g.visible(kAny)
	switch g.r.IntN(8) {
	case 0, 1:
		g.line("%s = %s", num, g.num(2))
	case 2, 3:
		g.line("%s = %s", any, g.any(2))
	case 4:
		n2 := g.visible(kNum)
		g.line("%s, %s = %s, %s", num, n2, g.num(1), g.num(1))
	case 5:
		n2 := g.visible(kNum)
		g.line("%s, %s, %s = %s, %s", num, any, n2, g.num(1), g.pick("three()", g.num(1)+", three()", g.num(1)+", "+g.num(0)))
	case 6:
		if t := g.visible(kTab); t != "" {
			g.line("%s, %s.x, %s = %s, %s, %s", num, t, any, g.num(1), g.any(1), g.any(1))
		}
	case 7:
		if t := g.visible(kTab); t != "" {
			g.line("%s['i' .. %s %% 5], %s = %s, %s", t, num, num, g.num(1), g.num(1))
		}
	}
}

func (g *progen) ifelse() {
	g.line("if %s then", g.cond(2))
	g.scoped(1 + g.r.IntN(2))
	for g.chance(3) {
		g.line("elseif %s then", g.cond(2))
		g.scoped(1)
	}
	if g.chance(2) {
		g.line("else")
		g.scoped(1)
	}
	g.line("end")
}

// body writes a loop's body, sometimes with a label to continue at.
func (g *progen) body() {
	g.loops = append(g.loops, true)
	mark := len(g.vars)
	g.indent += 2
	g.line("tick()")
	if g.chance(3) {
		g.label++
		l := g.label
		g.block(1 + g.r.IntN(2))
		g.line("if %s then goto continue%d end", g.cond(1), l)
		g.block(1 + g.r.IntN(2))
		g.line("::continue%d::", l)
	} else {
		g.block(1 + g.r.IntN(3))
	}
	g.indent -= 2
	g.vars = g.vars[:mark]
	g.loops = g.loops[:len(g.loops)-1]
}

func (g *progen) forLoop() {
	mark := len(g.vars)
	switch g.r.IntN(6) {
	case 0, 1:
		name := g.fresh(kNum)
		if g.chance(4) {
			// The variable is a float, which C Lua shows as one.
			g.line("for flt = %s do", g.pick("0.5, 3", "3, 1, -0.75", "n(G1) % 3, 2, 0.5", "0.1, 1, 0.3", "'1', '2'"))
			g.line("  out(flt)")
			g.line("  local %s = n(flt)", name)
		} else {
			g.line("for %s = %s do", name, g.pick("1, 3", "3, 1, -1", "1, 0", "2, 6, 2", "n(G1) % 3, 2, 1"))
		}
	case 2:
		bound := g.num(1)
		g.line("for %s = 1, n(%s) %% 4 do", g.fresh(kNum), bound)
	case 3:
		list := g.args(1)
		g.line("for %s, %s in ipairs({%s}) do", g.fresh(kNum), g.fresh(kAny), list)
	case 4:
		n := g.r.IntN(4)
		g.line("for %s, %s in range(%d) do", g.fresh(kNum), g.fresh(kNum), n)
	case 5:
		g.closingLoop()
		return
	}
	g.body()
	g.vars = g.vars[:mark]
	g.line("end")
}

// closingLoop writes a loop with a value to be closed. It runs protected: an
// error that ends a coroutine closes what is open at once here, and only when
// the coroutine is closed in C Lua. It has no break: lua5.4.4 itself overwrites
// its stack when such a loop is left while a local in it is captured.
func (g *progen) closingLoop() {
	mark := len(g.vars)
	loops, vararg := g.loops, g.vararg
	g.loops, g.vararg = nil, false
	g.funcs++
	g.line("out(pcall(function()")
	g.line("for %s in closing(%d) do", g.fresh(kNum), g.r.IntN(4))
	g.scoped(1 + g.r.IntN(2))
	g.line("end")
	g.line("end))")
	g.funcs--
	g.loops, g.vararg = loops, vararg
	g.vars = g.vars[:mark]
}

func (g *progen) while() {
	g.label++
	w := fmt.Sprintf("w%d", g.label)
	if g.chance(2) {
		g.line("local %s = 0", w)
		g.line("while %s < 3 and (%s) do", w, g.cond(1))
		g.line("  %s = %s + 1", w, w)
		g.body()
		g.line("end")
		return
	}
	g.line("local %s = 0", w)
	g.line("repeat")
	g.line("  %s = %s + 1", w, w)
	mark := len(g.vars)
	g.loops = append(g.loops, true)
	g.indent += 2
	g.block(1 + g.r.IntN(3))
	g.indent -= 2
	g.loops = g.loops[:len(g.loops)-1]
	g.line("until %s > 2 or %s", w, g.cond(1))
	g.vars = g.vars[:mark]
}

// gotos writes a loop made of a label and a goto backwards.
func (g *progen) gotos() {
	g.label++
	l := g.label
	g.line("do")
	g.line("  local q%d = 0", l)
	g.line("  ::top%d::", l)
	g.line("  q%d = q%d + 1", l, l)
	g.line("  do")
	g.indent += 2
	g.scoped(1 + g.r.IntN(3))
	g.indent -= 2
	g.line("    if %s then goto done%d end", g.cond(1), l)
	g.line("    local z <const> = %s", g.num(1))
	g.line("    G4 = function() return z end")
	g.line("  end")
	g.line("  if q%d < 3 then goto top%d end", l, l)
	g.line("  ::done%d::", l)
	g.line("end")
}

func (g *progen) protected() {
	g.line("out(pcall(function(...)")
	inner := *g
	inner.b = strings.Builder{}
	inner.vars = append([]genVar(nil), g.vars...)
	inner.loops, inner.vararg = nil, true
	inner.funcs++
	inner.indent += 2
	inner.line("tick()")
	inner.block(g.r.IntN(3))
	if g.chance(2) {
		inner.line("local r = %s", inner.risky())
		inner.line("out(r)")
	}
	inner.line("return %s", inner.risky())
	g.b.WriteString(inner.b.String())
	g.budget, g.label = inner.budget, inner.label
	g.line("end, %s))", g.any(0))
}

func (g *progen) coroutine() {
	if g.inCo || g.budget < 8 {
		return
	}
	g.label++
	co := fmt.Sprintf("co%d", g.label)
	inner := *g
	inner.b = strings.Builder{}
	inner.vars = append([]genVar(nil), g.vars...)
	inner.loops, inner.vararg, inner.inCo = nil, true, true
	inner.funcs++
	inner.indent += 2
	inner.block(1 + g.r.IntN(3))
	inner.line("out(coroutine.yield(%s))", inner.args(1))
	inner.block(1 + g.r.IntN(3))
	if g.chance(3) {
		inner.line("out(pcall(function() coroutine.yield(%s) return %s end))", inner.any(1), inner.risky())
	}
	inner.line("return %s", inner.risky())
	g.line("local %s = coroutine.create(function(...)", co)
	g.b.WriteString(inner.b.String())
	g.line("end)")
	g.budget, g.label = inner.budget, inner.label
	for range 1 + g.r.IntN(4) {
		g.line("out(coroutine.resume(%s, %s))", co, g.any(0))
		if g.chance(2) {
			g.assign()
		}
	}
	g.line("out(coroutine.status(%s))", co)
}

// closers writes a block with variables to be closed.
func (g *progen) closers() {
	g.line("out(pcall(function(...)")
	inner := *g
	inner.b = strings.Builder{}
	inner.vars = append([]genVar(nil), g.vars...)
	inner.loops, inner.vararg = nil, true
	inner.funcs++
	inner.indent += 2
	inner.line("tick()")
	for range 1 + g.r.IntN(2) {
		inner.line("local c%d <close> = closer('%d'%s)", inner.label, inner.label, g.pick("", "", ", true"))
		inner.label++
		inner.block(g.r.IntN(2))
	}
	inner.line("for i = 1, 2 do")
	inner.line("  local k <close> = closer('k')")
	inner.line("  if %s then %s end", inner.cond(1), g.pick("break", "goto skip", "return three()", "return 1, 2", "error('e', 0)", "return"))
	inner.indent += 2
	inner.loops = []bool{true}
	inner.block(1)
	inner.loops = nil
	inner.indent -= 2
	inner.line("  ::skip::")
	inner.line("end")
	if g.chance(2) {
		inner.line("return %s", inner.risky())
	}
	g.b.WriteString(inner.b.String())
	g.budget, g.label = inner.budget, inner.label
	g.line("end))")
}
