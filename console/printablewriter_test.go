package console

import (
	"io"
	"strings"
	"testing"
)

// A character that comes in pieces is shown once it is whole; what can't become
// one is spelled out.
func TestPrintableWriter(t *testing.T) {
	for name, c := range map[string]struct {
		writes []string
		want   string
	}{
		"whole":         {[]string{"玩家\n", "\x1b[2J"}, "玩家\n\\x1b[2J"},
		"in pieces":     {[]string{"\xe7", "\x8e", "\xa9", "!"}, "玩!"},
		"a C1 control":  {[]string{"\xc2", "\x9b31m"}, `\x9b31m`},
		"not a rune":    {[]string{"\xe7", "a\xff"}, `\xe7a\xff`},
		"cut at a rune": {[]string{"a\xf0\x9f\x8e", "\x89b"}, "a🎉b"},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			w := &printableWriter{to: &out}
			for _, s := range c.writes {
				if n, err := io.WriteString(w, s); n != len(s) || err != nil {
					t.Fatal(n, err)
				}
			}
			if out.String() != c.want {
				t.Errorf("%q, want %q", out.String(), c.want)
			}
		})
	}
}
