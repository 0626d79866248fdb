package live

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"devnode/runtime/lua/sourcefile"
)

// place is where an error says that it is.
type place struct {
	file string
	line int
	near string // the word that the compiler stopped at, if it says
}

// PlaceOf finds the file and the line that an error names. ok is false if it
// names none.
func PlaceOf(text string) (file string, line int, ok bool) {
	p, ok := placeOf(text, nil)
	if !ok {
		return "", 0, false
	}
	return filepath.Clean(p.file), p.line, true
}

// placeOf finds the file and line that an error names. A chunk's name may be
// cut at its front, as Lua does with long ones; known are the paths that it may
// mean.
func placeOf(text string, known map[string][]byte) (p place, ok bool) {
	found := regexp.MustCompile(`([^\s:'"\[\]]+\.lua):(\d+):`).FindStringSubmatch(text)
	if found == nil {
		return place{}, false
	}
	line, err := strconv.Atoi(found[2])
	if err != nil {
		return place{}, false
	}
	p = place{file: found[1], line: line}
	if rest, cut := strings.CutPrefix(p.file, "..."); cut {
		for path := range known {
			if strings.HasSuffix(path, rest) {
				p.file = path
			}
		}
	}
	if near := regexp.MustCompile(`near '([^\n]+)'`).FindStringSubmatch(text); near != nil {
		p.near = near[1]
	}
	return p, true
}

// excerpt is the line of the source with a caret under the word that is meant,
// or under its first.
func (p place) excerpt(contents map[string][]byte) string {
	path, err := filepath.Abs(p.file)
	if err != nil {
		path = p.file
	}
	data := contents[path]
	if data == nil {
		if data, err = sourcefile.Read(path); err != nil {
			return ""
		}
	}
	lines := strings.Split(string(data), "\n")
	if p.line < 1 || p.line > len(lines) {
		return ""
	}
	text := strings.TrimRight(lines[p.line-1], "\r")
	at := strings.Index(text, strings.TrimSpace(text))
	if i := strings.LastIndex(text, p.near); i >= 0 && p.near != "" {
		at = i
	} else if p.near == "<eof>" {
		at = len(text)
	}
	// Tabs are kept, so that the caret stands under its word at any width.
	under := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, text[:at])
	number := fmt.Sprint(p.line)
	return fmt.Sprintf("  %s | %s\n  %s | %s^", number, text, strings.Repeat(" ", len(number)), under)
}
