package syntax

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// A tokenKind is the character itself for one-character tokens, and one of the
// constants below for all others.
type tokenKind int

const (
	tkAnd tokenKind = iota + 257
	tkBreak
	tkDo
	tkElse
	tkElseif
	tkEnd
	tkFalse
	tkFor
	tkFunction
	tkGoto
	tkIf
	tkIn
	tkLocal
	tkNil
	tkNot
	tkOr
	tkRepeat
	tkReturn
	tkThen
	tkTrue
	tkUntil
	tkWhile
	tkIDiv
	tkConcat
	tkDots
	tkEq
	tkGe
	tkLe
	tkNe
	tkShl
	tkShr
	tkDbColon
	tkEOF
	tkNumber
	tkName
	tkString
)

var tokenNames = [...]string{
	"and", "break", "do", "else", "elseif", "end", "false", "for", "function",
	"goto", "if", "in", "local", "nil", "not", "or", "repeat", "return", "then",
	"true", "until", "while", "//", "..", "...", "==", ">=", "<=", "~=", "<<",
	">>", "::", "<eof>", "<number>", "<name>", "<string>",
}

// A token is one word of the source. For strings, delim is the opening
// delimiter; for numbers, start and end bound the text.
type token struct {
	kind       tokenKind
	str        string
	delim      string
	num        lua.LValue
	start, end int
}

// keyword returns the reserved word's kind, or tkName.
func keyword(b []byte) tokenKind {
	if len(b) < 2 || len(b) > 8 || b[0] < 'a' {
		return tkName
	}
	switch string(b) {
	case "and":
		return tkAnd
	case "break":
		return tkBreak
	case "do":
		return tkDo
	case "else":
		return tkElse
	case "elseif":
		return tkElseif
	case "end":
		return tkEnd
	case "false":
		return tkFalse
	case "for":
		return tkFor
	case "function":
		return tkFunction
	case "goto":
		return tkGoto
	case "if":
		return tkIf
	case "in":
		return tkIn
	case "local":
		return tkLocal
	case "nil":
		return tkNil
	case "not":
		return tkNot
	case "or":
		return tkOr
	case "repeat":
		return tkRepeat
	case "return":
		return tkReturn
	case "then":
		return tkThen
	case "true":
		return tkTrue
	case "until":
		return tkUntil
	case "while":
		return tkWhile
	}
	return tkName
}

// String is the token's kind as messages show it.
func (k tokenKind) String() string {
	switch {
	case k >= tkEOF:
		return tokenNames[k-tkAnd]
	case k >= tkAnd:
		return quote(tokenNames[k-tkAnd])
	case k >= ' ' && k < 0x7f:
		return quote(string(rune(k)))
	}
	return fmt.Sprintf("'<\\%d>'", int(k))
}

// near is the token as the end of a message shows it. C Lua formats it as a C
// string, hence the cut at a zero byte.
func (lx *lexer) near(t *token) string {
	text := ""
	switch t.kind {
	case tkName:
		text = t.str
	case tkNumber:
		text = string(lx.src[t.start:t.end])
	case tkString:
		text = t.delim + t.str + strings.ReplaceAll(t.delim, "[", "]")
	default:
		return t.kind.String()
	}
	if i := strings.IndexByte(text, 0); i >= 0 {
		text = text[:i]
	}
	return quote(text)
}

func quote(s string) string { return "'" + s + "'" }
