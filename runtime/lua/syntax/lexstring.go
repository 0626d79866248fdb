package syntax

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// What longBracket returns when no long bracket opens here.
const (
	noBracket  = -1 // a plain '['
	badBracket = -2 // '[=' without the second '['
)

// longBracket tries to read `[`, any number of `=`, and `[`. It returns the
// number of `=`, having consumed all of it, or one of the constants above; for
// noBracket nothing is consumed.
func (lx *lexer) longBracket() int {
	level := 0
	for lx.peek(1+level) == '=' {
		level++
	}
	if lx.peek(1+level) == '[' {
		lx.pos += level + 2
		return level
	}
	if level == 0 {
		return noBracket
	}
	lx.pos += level + 1
	return badBracket
}

// longEnd finds the closing bracket at or after pos, or returns -1.
func (lx *lexer) longEnd(level int) int {
	for i := lx.pos; ; {
		j := bytes.IndexByte(lx.src[i:], ']')
		if j < 0 {
			return -1
		}
		i += j + 1
		n := 0
		for i+n < len(lx.src) && lx.src[i+n] == '=' {
			n++
		}
		if n == level && i+n < len(lx.src) && lx.src[i+n] == ']' {
			return i - 1
		}
	}
}

func (lx *lexer) skipLong(level, line int) {
	end := lx.longEnd(level)
	if end < 0 {
		lx.unfinishedLong("comment", line)
	}
	for lx.pos < end {
		if c := lx.cur(); c == '\n' || c == '\r' {
			lx.newline()
		} else {
			lx.pos++
		}
	}
	lx.pos = end + level + 2
}

func (lx *lexer) unfinishedLong(what string, line int) {
	for lx.pos < len(lx.src) {
		if c := lx.cur(); c == '\n' || c == '\r' {
			lx.newline()
		} else {
			lx.pos++
		}
	}
	lx.fail(fmt.Sprintf("unfinished long %s (starting at line %d)", what, line), tkEOF.String())
}

func (lx *lexer) longString(t *token, level int) {
	line := lx.line
	delim := string(lx.src[lx.start:lx.pos])
	if c := lx.cur(); c == '\n' || c == '\r' {
		lx.newline()
	}
	end := lx.longEnd(level)
	if end < 0 {
		lx.unfinishedLong("string", line)
	}
	buf := lx.buf[:0]
	for lx.pos < end {
		c := lx.src[lx.pos]
		if c == '\n' || c == '\r' {
			lx.newline()
			buf = append(buf, '\n')
		} else {
			lx.pos++
			buf = append(buf, c)
		}
	}
	lx.buf = buf
	lx.pos = end + level + 2
	t.kind, t.str, t.delim = tkString, lx.text(buf), delim
}

// text makes a string of b, shared with equal names and short strings.
func (lx *lexer) text(b []byte) string {
	if len(b) <= 40 {
		return lx.intern(b)
	}
	return string(b)
}

func (lx *lexer) shortString(t *token, quote int) {
	lx.pos++
	from := lx.pos
	i := from
	for i < len(lx.src) {
		c := lx.src[i]
		if int(c) == quote || c == '\\' || c == '\n' || c == '\r' {
			break
		}
		i++
	}
	lx.pos = i
	delim := "\""
	if quote == '\'' {
		delim = "'"
	}
	if lx.cur() == quote {
		lx.pos++
		t.kind, t.str, t.delim = tkString, lx.text(lx.src[from:i]), delim
		return
	}
	lx.buf = append(append(lx.buf[:0], byte(quote)), lx.src[from:i]...)
	for {
		switch c := lx.cur(); c {
		case quote:
			lx.pos++
			t.kind, t.str, t.delim = tkString, lx.text(lx.buf[1:]), delim
			return
		case eof:
			lx.fail("unfinished string", tkEOF.String())
		case '\n', '\r':
			lx.failString("unfinished string")
		case '\\':
			lx.escape()
		default:
			lx.buf = append(lx.buf, byte(c))
			lx.pos++
		}
	}
}

func (lx *lexer) escape() {
	from := lx.pos
	lx.pos++
	c := lx.cur()
	switch c {
	case 'a':
		c = '\a'
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'v':
		c = '\v'
	case '\\', '"', '\'':
	case '\n', '\r':
		lx.newline()
		lx.buf = append(lx.buf, '\n')
		return
	case 'x':
		lx.pos++
		v := lx.hexDigit(from)<<4 | lx.hexDigit(from)
		lx.buf = append(lx.buf, byte(v))
		return
	case 'u':
		lx.utf8Escape(from)
		return
	case 'z':
		lx.skipSpace()
		return
	case eof:
		return // the caller says that the string is unfinished
	default:
		lx.decimalEscape(from)
		return
	}
	lx.buf = append(lx.buf, byte(c))
	lx.pos++
}

func (lx *lexer) skipSpace() {
	for lx.pos++; ; {
		switch lx.cur() {
		case '\n', '\r':
			lx.newline()
		case ' ', '\t', '\f', '\v':
			lx.pos++
		default:
			return
		}
	}
}

func (lx *lexer) hexDigit(from int) int {
	c := lx.cur()
	if !isMark(c, chHex) {
		lx.failEscape("hexadecimal digit expected", from)
	}
	lx.pos++
	return hexValue(byte(c))
}

func hexValue(c byte) int {
	if c <= '9' {
		return int(c - '0')
	}
	return int(c|0x20-'a') + 10
}

func (lx *lexer) decimalEscape(from int) {
	if !isMark(lx.cur(), chDigit) {
		lx.failEscape("invalid escape sequence", from)
	}
	v := 0
	for i := 0; i < 3 && isMark(lx.cur(), chDigit); i++ {
		v = v*10 + lx.cur() - '0'
		lx.pos++
	}
	if v > 255 {
		lx.failEscape("decimal escape too large", from)
	}
	lx.buf = append(lx.buf, byte(v))
}

func (lx *lexer) utf8Escape(from int) {
	lx.pos++
	if lx.cur() != '{' {
		lx.failEscape("missing '{'", from)
	}
	lx.pos++
	v := lx.hexDigit(from)
	for isMark(lx.cur(), chHex) {
		if v > 0x7FFFFFFF>>4 {
			lx.failEscape("UTF-8 value too large", from)
		}
		v = v<<4 | hexValue(byte(lx.cur()))
		lx.pos++
	}
	if lx.cur() != '}' {
		lx.failEscape("missing '}'", from)
	}
	lx.pos++
	lx.buf = appendUTF8(lx.buf, uint32(v))
}

// appendUTF8 appends v in UTF-8, in its original form of up to six bytes, which
// reaches 2^31 and also encodes surrogates.
func appendUTF8(b []byte, v uint32) []byte {
	if v < utf8.RuneSelf {
		return append(b, byte(v))
	}
	var tail [6]byte
	n := len(tail)
	limit := uint32(0x3f)
	for {
		n--
		tail[n] = byte(0x80 | v&0x3f)
		v >>= 6
		limit >>= 1
		if v <= limit {
			break
		}
	}
	n--
	tail[n] = byte(^limit<<1 | v)
	return append(b, tail[n:]...)
}

// failEscape reports a bad escape sequence: the string so far, the sequence as
// written, and the character that is wrong.
func (lx *lexer) failEscape(msg string, from int) {
	to := lx.pos
	if lx.cur() != eof {
		to++
	}
	lx.buf = append(lx.buf, lx.src[from:to]...)
	lx.failString(msg)
}

func (lx *lexer) failString(msg string) {
	text := lx.buf
	if i := bytes.IndexByte(text, 0); i >= 0 {
		text = text[:i]
	}
	lx.fail(msg, quote(string(text)))
}
