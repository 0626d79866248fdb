package runtime

import (
	"fmt"
	"unicode/utf8"
)

// maxLogText bounds a text in the log: what is longer loses its middle, so that
// its beginning and the traceback at its end are there.
const maxLogText = 64 << 10

// cutMiddle is s with at most max bytes, and a note of what was left out.
func cutMiddle(s string, max int) string {
	if len(s) <= max {
		return s
	}
	head, tail := max/2, len(s)-max/2
	for head > 0 && !utf8.RuneStart(s[head]) && head > max/2-utf8.UTFMax {
		head--
	}
	for tail < len(s)-1 && !utf8.RuneStart(s[tail]) && tail < len(s)-max/2+utf8.UTFMax {
		tail++
	}
	return fmt.Sprintf("%s … (%d bytes left out) … %s", s[:head], tail-head, s[tail:])
}
