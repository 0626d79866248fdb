package console

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// style is how a person's terminal wants to be written to.
type style struct {
	color bool
	width int // columns, 0 where it isn't known
}

func (s style) wrap(code, t string) string {
	if !s.color || t == "" {
		return t
	}
	return "\x1b[" + code + "m" + t + "\x1b[0m"
}

func (s style) bold(t string) string { return s.wrap("1", t) }
func (s style) dim(t string) string  { return s.wrap("2", t) }
func (s style) red(t string) string  { return s.wrap("31", t) }

// alarm is for what must not be overlooked.
func (s style) alarm(t string) string { return s.wrap("1;31", t) }

// pretty aligns the columns under a heading. Columns that are empty in every
// row are left out. Widths are those of the terminal: two columns for a Chinese
// character.
func (t *table) pretty(s style) string {
	if len(t.rows) == 0 {
		if t.empty == "" {
			return ""
		}
		return s.dim(t.empty) + "\n"
	}
	grid, shown := t.grid()
	widths := make([]int, len(t.columns))
	for _, row := range grid {
		for i := range row {
			widths[i] = max(widths[i], displayWidth(row[i]))
		}
	}
	var b strings.Builder
	for n, row := range grid {
		var cells []string
		for _, i := range shown {
			cells = append(cells, pad(row[i], widths[i], t.columns[i].right))
		}
		out := strings.TrimRight(strings.Join(cells, "  "), " ")
		if n == 0 {
			out = s.bold(out)
		}
		b.WriteString(out + "\n")
		if t.block && n > 0 {
			b.WriteString(indent(Printable(cellText(last(t.rows[n-1])))))
		}
	}
	return b.String()
}

// grid is the heading and the rows as text, and the columns that are shown.
func (t *table) grid() (grid [][]string, shown []int) {
	n := len(t.columns)
	if t.block {
		n--
	}
	head := make([]string, len(t.columns))
	for i, c := range t.columns {
		head[i] = c.name
	}
	grid = append(grid, head)
	used := make([]bool, len(t.columns))
	for _, row := range t.rows {
		cells := make([]string, len(t.columns))
		for i, c := range row {
			if i < n {
				cells[i] = oneLine(cellText(c))
				used[i] = used[i] || cells[i] != ""
			}
		}
		grid = append(grid, cells)
	}
	for i := range n {
		if used[i] && !t.columns[i].hidden {
			shown = append(shown, i)
		}
	}
	return grid, shown
}

func pad(t string, width int, right bool) string {
	fill := strings.Repeat(" ", max(0, width-displayWidth(t)))
	if right {
		return fill + t
	}
	return t + fill
}

func indent(t string) string {
	if t == "" {
		return ""
	}
	return "  " + strings.ReplaceAll(strings.TrimRight(t, "\n"), "\n", "\n  ") + "\n"
}

func last[T any](s []T) T { return s[len(s)-1] }

// displayWidth counts a text's columns. Ambiguous characters are narrow, also
// where this process runs under a Chinese locale: it is the peer's terminal that
// shows them.
func displayWidth(s string) int {
	c := runewidth.Condition{StrictEmojiNeutral: true}
	return c.StringWidth(s)
}
