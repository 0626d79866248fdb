package cjson

import (
	"strings"
	"unicode/utf8"
)

// kind is what the next piece of a JSON text is.
type kind int

const (
	end kind = iota
	objectBegin
	objectEnd
	arrayBegin
	arrayEnd
	text
	float
	integer
	boolean
	nothing
	colon
	comma
	wrong
)

// kindNames are how errors name the kinds, but wrong, whose own text is told.
var kindNames = [...]string{"T_END", "T_OBJ_BEGIN", "T_OBJ_END", "T_ARR_BEGIN", "T_ARR_END", "T_STRING", "T_NUMBER", "T_INTEGER", "T_BOOLEAN", "T_NULL", "T_COLON", "T_COMMA"}

// token is a piece of a JSON text.
type token struct {
	kind    kind
	at      int // where it begins, from 0, or where what is wrong is
	text    string
	float   float64
	integer int64
	boolean bool
}

// scanner cuts a JSON text into tokens. A zero byte ends the text, as it does in C.
type scanner struct {
	cfg   *config
	text  string
	at    int
	taken []byte // what a string with escapes stands for
	poll  func() // called now and then where a token is long: it may raise an error
}

// pieceSize is how many bytes of one token are looked at between two calls of poll.
const pieceSize = 256 << 10

// skipAll goes on over bytes of a kind.
func (s *scanner) skipAll(kind *[256]bool) {
	for {
		at, stop := s.at, min(s.at+pieceSize, len(s.text))
		for at < stop && kind[s.text[at]] {
			at++
		}
		if s.at = at; at < stop || at == len(s.text) {
			return
		}
		s.poll()
	}
}

// look is a byte of the text, and 0 beyond its end.
func (s *scanner) look(at int) byte {
	if at < len(s.text) {
		return s.text[at]
	}
	return 0
}

func (s *scanner) next() token {
	if open := s.skip(); open {
		return s.wrong("unclosed multi-line comment")
	}
	t := token{at: s.at}
	c := s.look(s.at)
	switch c {
	case 0:
		return t
	case '{':
		t.kind = objectBegin
	case '}':
		t.kind = objectEnd
	case '[':
		t.kind = arrayBegin
	case ']':
		t.kind = arrayEnd
	case ',':
		t.kind = comma
	case ':':
		t.kind = colon
	case '"':
		return s.string()
	default:
		return s.word(c)
	}
	s.at++
	return t
}

// word scans what begins with a letter, a digit or a sign.
func (s *scanner) word(c byte) token {
	t := token{at: s.at}
	rest := s.text[s.at:]
	switch {
	case c == '-' || c >= '0' && c <= '9':
		if !s.cfg.decodeInvalid && unusualNumber(rest) {
			return s.wrong("invalid number")
		}
		return s.number()
	case strings.HasPrefix(rest, "true"):
		t.kind, t.boolean = boolean, true
		s.at += len("true")
	case strings.HasPrefix(rest, "false"):
		t.kind = boolean
		s.at += len("false")
	case strings.HasPrefix(rest, "null"):
		t.kind = nothing
		s.at += len("null")
	case strings.IndexByte("+iInN", c) >= 0 && s.cfg.decodeInvalid && unusualNumber(rest):
		return s.number()
	default:
		return s.wrong("invalid token")
	}
	return t
}

func (s *scanner) wrong(reason string) token { return token{kind: wrong, at: s.at, text: reason} }

// skip goes on over white space, and comments where they are allowed. It tells whether one is open at the end.
func (s *scanner) skip() (open bool) {
	for {
		s.skipAll(&spaces)
		if !s.cfg.comments || s.look(s.at) != '/' {
			return false
		}
		stop, length := "\n", 0
		switch s.look(s.at + 1) {
		case '/':
		case '*':
			stop, length = "*/", 2
		default:
			return false
		}
		s.at += 2
		rest := s.text[s.at:]
		if zero := strings.IndexByte(rest, 0); zero >= 0 {
			rest = rest[:zero]
		}
		n := strings.Index(rest, stop)
		if n < 0 {
			s.at += len(rest)
			if length > 0 {
				return true
			}
			continue
		}
		s.at += n + length
	}
}

var spaces = [256]bool{' ': true, '\t': true, '\n': true, '\r': true}

// ordinary are the bytes that stand for themselves in a string.
var ordinary = func() (table [256]bool) {
	for c := range table {
		table[c] = c != '"' && c != '\\' && c != 0
	}
	return table
}()

// escaped is what a letter stands for behind a backslash, 0 where nothing.
var escaped = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 't': '\t', 'n': '\n', 'f': '\f', 'r': '\r'}

// string scans a string. Its token's text is a piece of the whole one, or of what the scanner uses again.
func (s *scanner) string() token {
	t := token{kind: text, at: s.at}
	s.at++
	begin := s.at
	s.skipAll(&ordinary)
	switch s.look(s.at) {
	case '"':
		t.text = s.text[begin:s.at]
		s.at++
		return t
	case '\\':
		s.taken = append(s.taken[:0], s.text[begin:s.at]...)
		return s.escapes(t)
	}
	return s.wrong("unexpected end of string")
}

// escapes scans the rest of a string from its first escape.
func (s *scanner) escapes(t token) token {
	for polled := s.at; ; {
		if s.at-polled > pieceSize {
			polled = s.at
			s.poll()
		}
		c := s.look(s.at)
		switch {
		case c == '"':
			s.at++
			t.text = string(s.taken)
			return t
		case c == 0:
			return s.wrong("unexpected end of string")
		case c != '\\':
			s.taken = append(s.taken, c)
			s.at++
		case s.look(s.at+1) == 'u':
			point, length := s.codePoint()
			if length == 0 {
				return s.wrong("invalid unicode escape code")
			}
			s.taken = utf8.AppendRune(s.taken, point)
			s.at += length
		case escaped[s.look(s.at+1)] == 0:
			return s.wrong("invalid escape code")
		default:
			s.taken = append(s.taken, escaped[s.look(s.at+1)])
			s.at += 2
		}
	}
}
