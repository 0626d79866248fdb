package console

import "fmt"

// MaxBytes bounds the texts in the values of one answer, and MaxErrorText an error's.
const (
	MaxBytes     = 4 << 20
	MaxErrorText = 64 << 10
)

// Shorten is s with about max bytes: what is longer loses its middle, and says how much
// of it.
func Shorten(s string, max int) string {
	if len(s) <= max {
		return s
	}
	head, tail := max/2, len(s)-max/2
	return fmt.Sprintf("%s … (%d bytes left out) … %s", s[:head], tail-head, s[tail:])
}
