package stdlib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// startIndex makes a byte offset of a position: 1 is the first byte, -1 the
// last one. It may lie behind the end.
func startIndex(pos int64, size int) int {
	switch {
	case pos > 0:
		return int(min(pos-1, int64(size)+1))
	case pos == 0, pos < -int64(size):
		return 0
	}
	return size + int(pos)
}

func stringFind(L *lua.LState) int  { return find(L, true) }
func stringMatch(L *lua.LState) int { return find(L, false) }

func find(L *lua.LState, positions bool) int {
	src, pat := checkString(L, 1), checkString(L, 2)
	init := startIndex(optInt(L, 3, 1), len(src))
	if init > len(src) {
		L.Push(lua.LNil)
		return 1
	}
	if positions && (lua.LVAsBool(L.Get(4)) || !strings.ContainsAny(pat, "^$*+?.([%-")) {
		return findPlain(L, src, pat, init)
	}
	anchor := strings.HasPrefix(pat, "^")
	if anchor {
		pat = pat[1:]
	}
	m := newMatcher(L, src, pat)
	for s := init; s <= len(src); s++ {
		m.reset()
		m.tick()
		if e := m.match(s, 0); e != noMatch {
			if positions {
				L.Push(lua.LNumber(s + 1))
				L.Push(lua.LNumber(e))
				return 2 + m.pushCaptures(s, e, false)
			}
			return m.pushCaptures(s, e, true)
		}
		if anchor {
			break
		}
	}
	L.Push(lua.LNil)
	return 1
}

func findPlain(L *lua.LState, src, pat string, init int) int {
	i := strings.Index(src[init:], pat)
	if i < 0 {
		L.Push(lua.LNil)
		return 1
	}
	return results(L, lua.LNumber(init+i+1), lua.LNumber(init+i+len(pat)))
}

// gmatchState is where an iterator of gmatch stands.
type gmatchState struct {
	src, pat string
	at, last int
}

func stringGmatch(L *lua.LState) int {
	src, pat := checkString(L, 1), checkString(L, 2)
	st := &gmatchState{src: src, pat: pat, at: startIndex(optInt(L, 3, 1), len(src)), last: -1}
	ud := &lua.LUserData{Value: st, Metatable: lua.LNil}
	L.Push(value.Know(L.NewClosure(gmatchStep, ud)))
	return 1
}

func gmatchStep(L *lua.LState) int {
	st := ownState[*gmatchState](L)
	m := newMatcher(L, st.src, st.pat)
	for s := st.at; s <= len(st.src); s++ {
		m.reset()
		m.tick()
		if e := m.match(s, 0); e != noMatch && e != st.last {
			st.at, st.last = e, e
			return m.pushCaptures(s, e, true)
		}
	}
	st.at = len(st.src) + 1
	L.Push(lua.LNil)
	return 1
}

func stringGsub(L *lua.LState) int {
	src, pat := checkString(L, 1), checkString(L, 2)
	repl := L.Get(3)
	switch repl.(type) {
	case lua.LNumber, value.Int, value.Float, lua.LString, *lua.LFunction, *value.Table:
	default:
		typeError(L, 3, "string/function/table")
	}
	limit := optInt(L, 4, int64(len(src))+1)
	anchor := strings.HasPrefix(pat, "^")
	if anchor {
		pat = pat[1:]
	}
	g := &substitution{matcher: newMatcher(L, src, pat), repl: repl, limit: libOf(L).MaxString}
	g.text, _ = asText(repl)
	s, n, last := 0, int64(0), -1
	for n < limit {
		g.reset()
		g.tick()
		e := g.match(s, 0)
		switch {
		case e != noMatch && e != last:
			n++
			g.replace(s, e)
			s, last = e, e
		case s < len(src):
			g.out.WriteByte(src[s])
			s++
		default:
			s++
		}
		if s > len(src) || anchor {
			break
		}
	}
	if n == 0 {
		return results(L, lua.LString(src), lua.LNumber(0))
	}
	if s < len(src) {
		g.out.WriteString(src[s:])
	}
	return results(L, lua.LString(g.out.String()), lua.LNumber(n))
}

// substitution is one call of gsub.
type substitution struct {
	*matcher
	repl  lua.LValue
	text  string // repl, where that is a string
	out   strings.Builder
	limit int
}

// replace writes what stands for the match [s, e).
func (g *substitution) replace(s, e int) {
	var v lua.LValue
	switch repl := g.repl.(type) {
	case *lua.LFunction:
		v = g.callback(repl, s, e)
	case *value.Table:
		v = vm.Index(g.L, repl, g.value(0, s, e))
	default:
		g.expandText(s, e)
		v = nil
	}
	if v != nil {
		switch text, ok := asText(v); {
		case ok:
			g.out.WriteString(text)
		case lua.LVAsBool(v):
			fail(g.L, "invalid replacement value (a %s)", v.Type().String())
		default:
			g.out.WriteString(g.src[s:e])
		}
	}
	if g.out.Len() > g.limit {
		fail(g.L, "resulting string too large")
	}
}

func (g *substitution) callback(fn *lua.LFunction, s, e int) lua.LValue {
	g.L.Push(fn)
	n := g.pushCaptures(s, e, true)
	vm.Call(g.L, n, 1)
	v := g.L.Get(-1)
	g.L.Pop(1)
	return v
}

// expandText writes the replacement text with its %0 to %9.
func (g *substitution) expandText(s, e int) {
	text := g.text
	for {
		i := strings.IndexByte(text, '%')
		if i < 0 {
			g.out.WriteString(text)
			return
		}
		g.out.WriteString(text[:i])
		c := byte(0)
		if i+1 < len(text) {
			c = text[i+1]
		}
		switch {
		case c == '%':
			g.out.WriteByte('%')
		case c == '0':
			g.out.WriteString(g.src[s:e])
		case isDigit(c):
			text, _ := asText(g.value(int(c-'1'), s, e))
			g.out.WriteString(text)
		default:
			fail(g.L, "invalid use of '%%' in replacement string")
		}
		text = text[i+2:]
	}
}
