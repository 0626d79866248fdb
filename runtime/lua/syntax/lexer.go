package syntax

// eof is what the lexer reads past the last byte.
const eof = -1

// A lexer turns Lua source into tokens, one at a time, with one token of
// lookahead where the grammar needs it. Faults are raised as a panic with an
// *Error, which Parse recovers.
type lexer struct {
	chunk    string // as shown in messages
	src      []byte
	pos      int
	line     int // of the character at pos
	lastLine int // of the last token that was consumed

	tok      token
	ahead    token
	hasAhead bool

	start int    // of the token being read
	buf   []byte // a string's value so far, behind its opening delimiter
	names map[string]string
	poll  func() // see Options
	steps int    // tokens since it was called
}

func newLexer(src []byte, chunk string) *lexer {
	lx := &lexer{
		chunk:    ChunkID(chunk),
		src:      src,
		line:     1,
		lastLine: 1,
		names:    make(map[string]string, 64),
	}
	if isFileChunk(chunk) {
		lx.skipFileHeader()
	}
	return lx
}

// skipFileHeader steps over what only a file may begin with: a byte order mark
// and a first line that starts with '#'. The newline stays, so that lines count.
func (lx *lexer) skipFileHeader() {
	if len(lx.src) >= 3 && lx.src[0] == 0xEF && lx.src[1] == 0xBB && lx.src[2] == 0xBF {
		lx.pos = 3
	}
	if lx.cur() == '#' {
		for lx.cur() != eof && lx.cur() != '\n' && lx.cur() != '\r' {
			lx.pos++
		}
	}
}

func (lx *lexer) cur() int {
	if lx.pos < len(lx.src) {
		return int(lx.src[lx.pos])
	}
	return eof
}

func (lx *lexer) peek(n int) int {
	if lx.pos+n < len(lx.src) {
		return int(lx.src[lx.pos+n])
	}
	return eof
}

// next consumes the current token.
func (lx *lexer) next() {
	lx.lastLine = lx.line
	if lx.steps++; lx.steps >= pollEvery && lx.poll != nil {
		lx.steps = 0
		lx.poll()
	}
	if lx.hasAhead {
		lx.tok = lx.ahead
		lx.hasAhead = false
		return
	}
	lx.scan(&lx.tok)
}

// lookahead reads the token after the current one without consuming either.
func (lx *lexer) lookahead() tokenKind {
	lx.scan(&lx.ahead)
	lx.hasAhead = true
	return lx.ahead.kind
}

func (lx *lexer) newline() {
	c := lx.cur()
	lx.pos++
	if n := lx.cur(); (n == '\n' || n == '\r') && n != c {
		lx.pos++
	}
	lx.line++
}

// char marks: what a byte may be part of.
const (
	chName  = 1 << iota // letter, digit or underscore
	chDigit             // 0-9
	chHex               // 0-9 a-f A-F
)

var charMarks = func() (m [256]uint8) {
	for c := range m {
		switch {
		case c >= '0' && c <= '9':
			m[c] = chName | chDigit | chHex
		case c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F':
			m[c] = chName | chHex
		case c >= 'g' && c <= 'z' || c >= 'G' && c <= 'Z' || c == '_':
			m[c] = chName
		}
	}
	return m
}()

func isMark(c int, mark uint8) bool { return c >= 0 && charMarks[c]&mark != 0 }

func (lx *lexer) scan(t *token) {
	for {
		lx.start = lx.pos
		c := lx.cur()
		switch c {
		case eof:
			t.kind = tkEOF
			return
		case '\n', '\r':
			lx.newline()
			continue
		case ' ', '\t', '\f', '\v':
			lx.pos++
			continue
		case '-':
			if lx.peek(1) != '-' {
				lx.one(t, '-')
				return
			}
			lx.comment()
			continue
		case '[':
			if level := lx.longBracket(); level >= 0 {
				lx.longString(t, level)
			} else if level == badBracket {
				lx.fail("invalid long string delimiter", quote(string(lx.src[lx.start:lx.pos])))
			} else {
				lx.one(t, '[')
			}
			return
		case '=':
			lx.either(t, '=', '=', tkEq)
			return
		case '<':
			if lx.peek(1) == '<' {
				lx.two(t, tkShl)
			} else {
				lx.either(t, '<', '=', tkLe)
			}
			return
		case '>':
			if lx.peek(1) == '>' {
				lx.two(t, tkShr)
			} else {
				lx.either(t, '>', '=', tkGe)
			}
			return
		case '/':
			lx.either(t, '/', '/', tkIDiv)
			return
		case '~':
			lx.either(t, '~', '=', tkNe)
			return
		case ':':
			lx.either(t, ':', ':', tkDbColon)
			return
		case '"', '\'':
			lx.shortString(t, c)
			return
		case '.':
			lx.dots(t)
			return
		}
		switch {
		case isMark(c, chDigit):
			lx.numeral(t)
		case isMark(c, chName):
			lx.name(t)
		default:
			lx.one(t, tokenKind(c))
		}
		return
	}
}

func (lx *lexer) one(t *token, kind tokenKind) {
	lx.pos++
	t.kind = kind
}

func (lx *lexer) two(t *token, kind tokenKind) {
	lx.pos += 2
	t.kind = kind
}

// either reads a one-character token, or the two-character one that begins
// with the same character.
func (lx *lexer) either(t *token, single tokenKind, second int, double tokenKind) {
	if lx.peek(1) == second {
		lx.two(t, double)
	} else {
		lx.one(t, single)
	}
}

func (lx *lexer) dots(t *token) {
	switch {
	case lx.peek(1) == '.' && lx.peek(2) == '.':
		lx.pos += 3
		t.kind = tkDots
	case lx.peek(1) == '.':
		lx.two(t, tkConcat)
	case isMark(lx.peek(1), chDigit):
		lx.numeral(t)
	default:
		lx.one(t, '.')
	}
}

func (lx *lexer) name(t *token) {
	i := lx.pos + 1
	for i < len(lx.src) && charMarks[lx.src[i]]&chName != 0 {
		i++
	}
	word := lx.src[lx.pos:i]
	lx.pos = i
	if kind := keyword(word); kind != tkName {
		t.kind = kind
		return
	}
	t.kind = tkName
	t.str = lx.intern(word)
}

// intern returns the string with b's bytes, one copy a chunk, so that no
// constant holds on to the source.
func (lx *lexer) intern(b []byte) string {
	if s, ok := lx.names[string(b)]; ok {
		return s
	}
	s := string(b)
	lx.names[s] = s
	return s
}

func (lx *lexer) comment() {
	lx.pos += 2
	if lx.cur() == '[' {
		line := lx.line
		if level := lx.longBracket(); level >= 0 {
			lx.skipLong(level, line)
			return
		}
	}
	for lx.cur() != eof && lx.cur() != '\n' && lx.cur() != '\r' {
		lx.pos++
	}
}
