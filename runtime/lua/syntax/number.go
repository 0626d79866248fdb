package syntax

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// numeral reads everything that could belong to a number and one letter more,
// as C Lua does, so that `3x` is a malformed number and not a number and a name.
func (lx *lexer) numeral(t *token) {
	exp := byte('e')
	if lx.cur() == '0' && (lx.peek(1) == 'x' || lx.peek(1) == 'X') {
		exp = 'p'
		lx.pos += 2
	}
	for {
		c := lx.cur()
		if c != eof && byte(c)|0x20 == exp {
			lx.pos++
			if lx.cur() == '+' || lx.cur() == '-' {
				lx.pos++
			}
		} else if isMark(c, chHex) || c == '.' {
			lx.pos++
		} else {
			if isMark(c, chName) {
				lx.pos++
			}
			break
		}
	}
	text := lx.src[lx.start:lx.pos]
	num, ok := parseNumeral(text)
	if !ok {
		lx.fail("malformed number", quote(string(text)))
	}
	t.kind = tkNumber
	t.num = num
	t.start, t.end = lx.start, lx.pos
}

// parseNumeral is value.ParseNumeral, and fast for short integers.
func parseNumeral(b []byte) (lua.LValue, bool) {
	if n := len(b); n > 0 && n <= 15 {
		v := int64(0)
		i := 0
		for ; i < n && charMarks[b[i]]&chDigit != 0; i++ {
			v = v*10 + int64(b[i]-'0')
		}
		if i == n {
			return lua.LNumber(v), true
		}
	}
	return value.ParseNumeral(string(b))
}
