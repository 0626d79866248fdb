package syntax

import "fmt"

// An Error is a fault in a source text, in the words of C Lua 5.4.
type Error struct {
	Chunk string // the chunk as messages show it: file.lua, [string "…"]
	Line  int    // 1 for the first line
	Msg   string // '=' expected near 'x'

	// Near is the token at which the fault was noticed, quoted as in Msg, or
	// empty where the message names none.
	Near string

	// Incomplete reports that the source ended too early, so that more of it
	// may mend the fault: a prompt then asks for another line.
	Incomplete bool
}

// Error is `file.lua:12: '=' expected near 'x'`.
func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d: %s", e.Chunk, e.Line, e.Msg)
}

// fail raises an error at the line that the lexer has reached.
func (lx *lexer) fail(msg, near string) {
	e := &Error{Chunk: lx.chunk, Line: lx.line, Msg: msg, Near: near}
	if near != "" {
		e.Msg = msg + " near " + near
		e.Incomplete = near == tkEOF.String()
	}
	panic(e)
}

// syntaxError raises an error that names the current token.
func (lx *lexer) syntaxError(msg string) { lx.fail(msg, lx.near(&lx.tok)) }

// semanticError raises an error that names no token.
func (lx *lexer) semanticError(format string, args ...any) {
	lx.fail(fmt.Sprintf(format, args...), "")
}
