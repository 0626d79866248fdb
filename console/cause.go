package console

import "strings"

// Cause is the one line of an error that says what is wrong, and where: its first,
// and those below it that it only leads up to, as where a module can't be loaded.
// What went before it, such as that a launch failed, is left out. Of a module that isn't found the lines below list where it was looked for, and
// are left out.
func Cause(text string) string {
	lines := strings.Split(text, "\n")
	cause := lines[0]
	if _, inner, ok := strings.Cut(cause, "lua loader error : "); ok {
		cause = inner
	}
	for _, next := range lines[1:] {
		if missing, ok := strings.CutSuffix(cause, " not found:"); ok {
			return missing + " not found"
		}
		if !strings.HasSuffix(cause, ":") || strings.HasPrefix(next, "stack traceback") {
			break
		}
		cause += " " + strings.TrimSpace(next)
	}
	return cause
}
