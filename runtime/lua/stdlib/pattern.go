package stdlib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/vm"
)

// Limits of C Lua's patterns.
const (
	maxCaptures     = 32
	maxPatternDepth = 200
)

// What a capture holds instead of a length.
const (
	captureOpen     = -1
	capturePosition = -2
)

type capture struct{ start, size int }

// A matcher matches one subject against one pattern. Every step counts, and
// now and then it looks whether the fiber has to end: a pattern can be made to
// backtrack for years.
type matcher struct {
	L        *lua.LState
	f        *vm.Fiber
	src, pat string
	level    int // captures so far
	depth    int
	steps    int
	captures [maxCaptures]capture
}

func newMatcher(L *lua.LState, src, pat string) *matcher {
	return &matcher{L: L, f: vm.Of(L), src: src, pat: pat}
}

// reset prepares for a match at another place.
func (m *matcher) reset() { m.level, m.depth = 0, 0 }

func (m *matcher) tick() {
	if m.steps++; m.steps >= pollEvery {
		m.steps = 0
		m.f.Poll()
	}
}

const noMatch = -1

// match matches the pattern from p on against the subject from s on, and
// returns where the match ends.
func (m *matcher) match(s, p int) int {
	if m.depth++; m.depth > maxPatternDepth {
		fail(m.L, "pattern too complex")
	}
	defer func() { m.depth-- }()
	for p < len(m.pat) {
		m.tick()
		switch m.pat[p] {
		case '(':
			if p+1 < len(m.pat) && m.pat[p+1] == ')' {
				return m.startCapture(s, p+2, capturePosition)
			}
			return m.startCapture(s, p+1, captureOpen)
		case ')':
			return m.endCapture(s, p+1)
		case '$':
			if p+1 == len(m.pat) {
				if s == len(m.src) {
					return s
				}
				return noMatch
			}
		case '%':
			if p+1 < len(m.pat) {
				switch c := m.pat[p+1]; {
				case c == 'b':
					if s = m.balance(s, p+2); s == noMatch {
						return noMatch
					}
					p += 4
					continue
				case c == 'f':
					if p = m.frontier(s, p+2); p == noMatch {
						return noMatch
					}
					continue
				case c >= '0' && c <= '9':
					if s = m.backReference(s, int(c)); s == noMatch {
						return noMatch
					}
					p += 2
					continue
				}
			}
		}
		next := m.classEnd(p)
		suffix := byte(0)
		if next < len(m.pat) {
			suffix = m.pat[next]
		}
		switch suffix {
		case '*':
			return m.expand(s, p, next, 0)
		case '+':
			return m.expand(s, p, next, 1)
		case '-':
			return m.expandLeast(s, p, next)
		case '?':
			if m.single(s, p, next) {
				if e := m.match(s+1, next+1); e != noMatch {
					return e
				}
			}
			p = next + 1
		default:
			if !m.single(s, p, next) {
				return noMatch
			}
			s++
			p = next
		}
	}
	return s
}

// single matches one character against the class at p.
func (m *matcher) single(s, p, next int) bool {
	if s >= len(m.src) {
		return false
	}
	c := m.src[s]
	switch m.pat[p] {
	case '.':
		return true
	case '%':
		return inClass(c, m.pat[p+1])
	case '[':
		return m.inSet(c, p, next-1)
	}
	return m.pat[p] == c
}

// expand is for "*" and "+": as many as possible, then fewer.
func (m *matcher) expand(s, p, next, least int) int {
	n := 0
	for m.single(s+n, p, next) {
		m.tick()
		n++
	}
	for ; n >= least; n-- {
		m.tick()
		if e := m.match(s+n, next+1); e != noMatch {
			return e
		}
	}
	return noMatch
}

// expandLeast is for "-": as few as possible, then more.
func (m *matcher) expandLeast(s, p, next int) int {
	for {
		if e := m.match(s, next+1); e != noMatch {
			return e
		}
		if !m.single(s, p, next) {
			return noMatch
		}
		s++
	}
}

func (m *matcher) startCapture(s, p, size int) int {
	if m.level >= maxCaptures {
		fail(m.L, "too many captures")
	}
	m.captures[m.level] = capture{s, size}
	m.level++
	e := m.match(s, p)
	if e == noMatch {
		m.level--
	}
	return e
}

func (m *matcher) endCapture(s, p int) int {
	i := m.level - 1
	for i >= 0 && m.captures[i].size != captureOpen {
		i--
	}
	if i < 0 {
		fail(m.L, "invalid pattern capture")
	}
	m.captures[i].size = s - m.captures[i].start
	e := m.match(s, p)
	if e == noMatch {
		m.captures[i].size = captureOpen
	}
	return e
}

// balance is "%bxy".
func (m *matcher) balance(s, p int) int {
	if p+1 >= len(m.pat) {
		fail(m.L, "malformed pattern (missing arguments to '%%b')")
	}
	if s >= len(m.src) || m.src[s] != m.pat[p] {
		return noMatch
	}
	begin, end, open := m.pat[p], m.pat[p+1], 1
	for i := s + 1; i < len(m.src); i++ {
		m.tick()
		switch m.src[i] {
		case end:
			if open--; open == 0 {
				return i + 1
			}
		case begin:
			open++
		}
	}
	return noMatch
}

// frontier is "%f[set]"; it returns where the pattern goes on.
func (m *matcher) frontier(s, p int) int {
	if p >= len(m.pat) || m.pat[p] != '[' {
		fail(m.L, "missing '[' after '%%f' in pattern")
	}
	next := m.classEnd(p)
	var before, at byte
	if s > 0 {
		before = m.src[s-1]
	}
	if s < len(m.src) {
		at = m.src[s]
	}
	if m.inSet(before, p, next-1) || !m.inSet(at, p, next-1) {
		return noMatch
	}
	return next
}

// backReference is "%1" and so on.
func (m *matcher) backReference(s, c int) int {
	i := c - '1'
	if i < 0 || i >= m.level || m.captures[i].size == captureOpen {
		fail(m.L, "invalid capture index %%%d", i+1)
	}
	text := m.captureText(i)
	if strings.HasPrefix(m.src[s:], text) {
		return s + len(text)
	}
	return noMatch
}

func (m *matcher) captureText(i int) string {
	c := m.captures[i]
	return m.src[c.start : c.start+max(c.size, 0)]
}

// value is capture i; capture 0 of a pattern without any is the whole match.
func (m *matcher) value(i, s, e int) lua.LValue {
	if i >= m.level {
		if i != 0 {
			fail(m.L, "invalid capture index %%%d", i+1)
		}
		return lua.LString(m.src[s:e])
	}
	switch m.captures[i].size {
	case captureOpen:
		fail(m.L, "unfinished capture")
	case capturePosition:
		return lua.LNumber(m.captures[i].start + 1)
	}
	return lua.LString(m.captureText(i))
}

// pushCaptures pushes the captures of the match [s, e), or the whole of it.
func (m *matcher) pushCaptures(s, e int, whole bool) int {
	n := m.level
	if n == 0 && whole {
		n = 1
	}
	for i := range n {
		m.L.Push(m.value(i, s, e))
	}
	return n
}
