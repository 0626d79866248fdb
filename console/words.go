package console

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A word of a command line, with the place where it stands: commands whose tail
// is Lua take the line from there on as it is.
type word struct {
	text  string // without its quotes
	start int    // the byte where it begins, quotes included
	end   int
}

var errUnfinishedQuote = errors.New("unfinished quote")

// splitWords cuts a command line into at most max words (all for max < 0),
// leaving the rest of the line alone. Words are separated by spaces and tabs.
// 'a b' is one word as it stands; in "a b" a backslash keeps a quote or a
// backslash; $'…' knows \n \t \r \\ \' \" and \xNN, so that any text fits in a
// line. A backslash outside quotes is itself: paths and Lua need no doubling.
func splitWords(line string, max int) ([]word, error) {
	var words []word
	for i := 0; len(words) != max; {
		for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
			i++
		}
		if i == len(line) {
			break
		}
		w, err := nextWord(line, i)
		if err != nil {
			return words, err
		}
		words = append(words, w)
		i = w.end
	}
	return words, nil
}

func nextWord(line string, at int) (word, error) {
	w := word{start: at}
	var b strings.Builder
	for at < len(line) && line[at] != ' ' && line[at] != '\t' {
		quote, open := quoteAt(line, at)
		if quote == "" {
			b.WriteByte(line[at])
			at++
			continue
		}
		text, end, err := quoted(line, at+open, quote)
		if err != nil {
			return w, err
		}
		b.WriteString(text)
		at = end
	}
	w.text, w.end = b.String(), at
	return w, nil
}

// quoteAt returns the kind of the quote that opens at a byte, and its length.
func quoteAt(line string, at int) (string, int) {
	switch {
	case line[at] == '\'' || line[at] == '"':
		return line[at : at+1], 1
	case strings.HasPrefix(line[at:], "$'"):
		return "$'", 2
	}
	return "", 0
}

// quoted reads up to the closing quote and returns the text inside and the byte
// behind.
func quoted(line string, at int, quote string) (string, int, error) {
	var b strings.Builder
	closing := quote[len(quote)-1]
	for ; at < len(line); at++ {
		c := line[at]
		switch {
		case c == closing:
			return b.String(), at + 1, nil
		case c == '\\' && quote == `"` && at+1 < len(line) && (line[at+1] == '"' || line[at+1] == '\\'):
			at++
			b.WriteByte(line[at])
		case c == '\\' && quote == "$'" && at+1 < len(line):
			r, n := unescape(line[at+1:])
			b.WriteString(r)
			at += n
		default:
			b.WriteByte(c)
		}
	}
	return "", at, errUnfinishedQuote
}

// unescape reads what follows a backslash in $'…' and returns it with the number
// of bytes it took.
func unescape(s string) (string, int) {
	switch s[0] {
	case 'n':
		return "\n", 1
	case 't':
		return "\t", 1
	case 'r':
		return "\r", 1
	case '\\', '\'', '"':
		return s[:1], 1
	case 'x':
		if len(s) >= 3 {
			if n, err := strconv.ParseUint(s[1:3], 16, 8); err == nil {
				return string([]byte{byte(n)}), 3
			}
		}
	}
	return `\` + s[:1], 1
}

// quoteWord writes text as one word that splitWords reads back unchanged.
func quoteWord(text string) string {
	if text != "" && !strings.ContainsAny(text, " \t'\"\\$") && printableWord(text) {
		return text
	}
	return inQuotes(text)
}

// inQuotes is quoteWord, with quotes also where they aren't needed.
func inQuotes(text string) string {
	if !strings.Contains(text, "'") && printableWord(text) {
		return "'" + text + "'"
	}
	var b strings.Builder
	b.WriteString("$'")
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\\' || c == '\'':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < 0x20 || c == 0x7f || c == 0xff:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String() + "'"
}

func printableWord(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] < 0x20 || text[i] == 0x7f || text[i] == 0xff {
			return false
		}
	}
	return utf8.ValidString(text)
}
