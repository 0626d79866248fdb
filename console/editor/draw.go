package editor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/chzyer/readline"
	"github.com/mattn/go-runewidth"
)

// drawing is a line and its cursor as the library is about to draw them. It is
// drawn here instead, for the library moves the cursor back one column a
// character, which is wrong for every Chinese one.
type drawing struct {
	line []rune
	pos  int
}

// painter learns from the library what it is about to draw.
type painter Editor

func (p *painter) Paint(line []rune, pos int) []rune {
	e := (*Editor)(p)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.drawing = &drawing{slices.Clone(line), pos}
	return line
}

// render writes the prompt and the line, and puts the cursor into its place.
func (d *drawing) render(prompt []byte, width int) []byte {
	var b strings.Builder
	b.Write(prompt)
	for _, r := range d.line {
		if r == '\t' {
			b.WriteString(strings.Repeat(" ", readline.TabWidth))
		} else {
			b.WriteRune(r)
		}
	}
	start := runeWidths(prompt)
	if n := len(d.line); n > 0 && d.line[n-1] == '\n' {
		return []byte(b.String()) // submitted: the cursor goes on below
	}
	endRow, endCol := layout(start, width, d.line)
	if endCol == 0 && endRow > 0 {
		// A full row leaves the cursor on its last column; this moves it on.
		b.WriteString(" \b")
	}
	if d.pos < len(d.line) {
		row, col := layout(start, width, d.line[:d.pos])
		b.WriteByte('\r')
		if up := endRow - row; up > 0 {
			fmt.Fprintf(&b, "\x1b[%dA", up)
		}
		if col > 0 {
			fmt.Fprintf(&b, "\x1b[%dC", col)
		}
	}
	return []byte(b.String())
}

// layout returns where the cursor stands behind text that begins in a column. A
// wide character that doesn't fit goes to the next row.
func layout(start, width int, text []rune) (row, col int) {
	col = start
	for _, r := range text {
		w := runeWidth(r)
		if col+w > width {
			row, col = row+1, 0
		}
		col += w
	}
	if col >= width {
		row, col = row+1, 0
	}
	return row, col
}

func runeWidth(r rune) int {
	if r == '\t' {
		return readline.TabWidth
	}
	c := runewidth.Condition{StrictEmojiNeutral: true}
	return c.RuneWidth(r)
}

// runeWidths is the width of a prompt, its colours left out.
func runeWidths(prompt []byte) int {
	w, escape := 0, false
	for _, r := range string(prompt) {
		switch {
		case r == 0x1b:
			escape = true
		case escape:
			escape = r < '@' || r > '~' || r == '['
		default:
			w += runeWidth(r)
		}
	}
	return w
}
