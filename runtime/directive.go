package runtime

import (
	"bytes"
	"regexp"
)

// Directive finds what a script says about its reloads in the comments that it
// begins with: `-- reload: MODE`.
func Directive(script []byte) (mode string, ok bool) {
	for raw := range bytes.Lines(script) {
		text := bytes.TrimSpace(raw)
		if found := directiveLine.FindSubmatch(text); found != nil {
			return string(found[1]), true
		}
		if len(text) > 0 && !bytes.HasPrefix(text, []byte("--")) && !bytes.HasPrefix(text, []byte("#")) {
			break
		}
	}
	return "", false
}

var directiveLine = regexp.MustCompile(`^--+\s*reload:\s*(\S+)\s*$`)
