package sproto

import (
	"fmt"
	"strconv"
)

// A description of a protocol as it is written: see parser. Faults are raised as parseError.

// parseError is what is wrong with a description.
type parseError string

func (e parseError) Error() string { return string(e) }

func failf(format string, args ...any) { panic(parseError(fmt.Sprintf(format, args...))) }

// scanner goes through a description.
type scanner struct {
	text string
	file string
	at   int
	line int
}

// wrong raises the error of what can't be read.
func (s *scanner) wrong() { failf("syntax error at [%s] line (%d)", s.file, s.line) }

// blanks skips spaces, ends of lines and comments, and tells whether there were any.
func (s *scanner) blanks() bool {
	begin := s.at
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == ' ' || c == '\t':
		case c == '\n':
			s.line++
		case c == '\r' && s.at+1 < len(s.text) && s.text[s.at+1] == '\n':
		case c == '#':
			for s.at+1 < len(s.text) && s.text[s.at+1] != '\n' {
				s.at++
			}
		default:
			return s.at > begin
		}
		s.at++
	}
	return s.at > begin
}

// is takes a character, if it is the next one.
func (s *scanner) is(c byte) bool {
	if s.at < len(s.text) && s.text[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *scanner) want(c byte) {
	if !s.is(c) {
		s.wrong()
	}
}

// optionalWord is a name, empty for none.
func (s *scanner) optionalWord() string {
	begin := s.at
	for s.at < len(s.text) {
		c := s.text[s.at]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_'
		if !letter && (s.at == begin || c < '0' || c > '9') {
			break
		}
		s.at++
	}
	return s.text[begin:s.at]
}

func (s *scanner) word() string {
	w := s.optionalWord()
	if w == "" {
		s.wrong()
	}
	return w
}

// typeName is a name with parts before it, which a dot ends.
func (s *scanner) typeName() string {
	begin := s.at
	s.word()
	for s.at+1 < len(s.text) && s.text[s.at] == '.' {
		dot := s.at
		s.at++
		if s.optionalWord() == "" {
			s.at = dot
			break
		}
	}
	return s.text[begin:s.at]
}

func (s *scanner) number() int {
	begin := s.at
	for s.at < len(s.text) && '0' <= s.text[s.at] && s.text[s.at] <= '9' {
		s.at++
	}
	n, err := strconv.Atoi(s.text[begin:s.at])
	if err != nil {
		s.wrong()
	}
	return n
}

// tag is a number behind a name.
func (s *scanner) tag() int {
	if !s.blanks() {
		s.wrong()
	}
	return s.number()
}
