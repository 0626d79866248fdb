package editor

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// completer is the library's way to insert text: for Tab, and for a paste.
type completer Editor

// Do returns at most one candidate, for with several the library opens a menu
// that divides by zero in a narrow window. A list is printed above the line
// instead, at the second Tab.
func (c *completer) Do(line []rune, pos int) ([][]rune, int) {
	e := (*Editor)(c)
	if text := e.inserting; text != nil {
		e.inserting = nil
		return [][]rune{text}, 0
	}
	if e.cfg.Complete == nil {
		return nil, 0
	}
	before := string(line[:pos])
	found := e.cfg.Complete(before)
	if found.Start < 0 || found.Start > len(before) {
		return nil, 0
	}
	typed := before[found.Start:]
	insert := strings.TrimPrefix(commonPrefix(found.Words), typed)
	if len(found.Words) == 1 && !found.Open && !strings.HasSuffix(found.Words[0], "/") {
		insert += " "
	}
	switch {
	case insert != "":
		return [][]rune{[]rune(insert)}, 0
	case len(found.Words) == 0 || !e.secondTab(string(line)):
		e.write([]byte{7})
		return nil, 0
	}
	e.rl.Clean()
	e.write([]byte(columns(found.Words, e.columns())))
	e.rl.Refresh()
	return nil, 0
}

// secondTab tells whether Tab was pressed on this very line before.
func (e *Editor) secondTab(line string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	again := e.lastTab == line
	e.lastTab = line
	return again
}

func commonPrefix(words []string) string {
	if len(words) == 0 {
		return ""
	}
	prefix := []rune(words[0])
	for _, w := range words[1:] {
		n := 0
		for _, r := range w {
			if n == len(prefix) || prefix[n] != r {
				break
			}
			n++
		}
		prefix = prefix[:n]
	}
	return string(prefix)
}

// columns arranges words as ls does, reading downwards.
func columns(words []string, width int) string {
	cell := 0
	for _, w := range words {
		cell = max(cell, runewidth.StringWidth(w)+2)
	}
	across := max(1, (width-1)/max(cell, 1))
	down := (len(words) + across - 1) / across
	var b strings.Builder
	for row := range down {
		for i := row; i < len(words); i += down {
			b.WriteString(words[i])
			if i+down < len(words) {
				b.WriteString(strings.Repeat(" ", cell-runewidth.StringWidth(words[i])))
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
