package cjson

import (
	"strings"
	"testing"
)

// TestLongTokensPoll wants one long token to be scanned in steps, between which its service can be ended.
func TestLongTokensPoll(t *testing.T) {
	const length = 4 << 20
	for name, text := range map[string]string{
		"a string":        `"` + strings.Repeat("a", length) + `"`,
		"a string, open":  `"` + strings.Repeat("a", length),
		"escapes":         `"` + strings.Repeat(`\n`, length/2) + `"`,
		"an early escape": `"\n` + strings.Repeat("a", length) + `"`,
		"white space":     strings.Repeat(" ", length) + "1",
	} {
		t.Run(name, func(t *testing.T) {
			polls := 0
			s := scanner{cfg: &config{}, text: text, poll: func() { polls++ }}
			s.next()
			if want := length/pieceSize - 1; polls < want {
				t.Errorf("polled %d times, want %d", polls, want)
			}
		})
	}
}
