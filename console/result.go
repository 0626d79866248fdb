package console

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Result is what a command found, in a form that serves programs, people and
// --json alike. A nil Result prints nothing.
type Result interface {
	// plain writes skynet's form: lines of tab-separated columns, sorted.
	plain() string
	// pretty writes for a person's terminal.
	pretty(s style) string
	// document is what --json marshals.
	document() any
}

// text is a result of a few words, or of many lines.
type text string

func (t text) plain() string       { return line(Printable(string(t))) }
func (t text) pretty(style) string { return t.plain() }
func (t text) document() any       { return string(t) }

// line ends s with one newline, unless it is empty.
func line(s string) string {
	if s == "" || strings.HasSuffix(s, "\n") {
		return s
	}
	return s + "\n"
}

// table is a result of rows.
type table struct {
	columns []column
	rows    [][]any
	// compat writes the cells of a row as skynet does, where that isn't simply
	// every cell. What it returns is joined by tabs.
	compat func(row []any) []string
	// empty is said to people instead of an empty table; to programs, too, where
	// sayEmpty is set, as nothing at all would be taken for no answer.
	empty    string
	sayEmpty bool
	// block puts the last column under its row instead of beside it, for
	// tracebacks.
	block bool
	// inOrder keeps the rows as they are for programs too; else they are sorted.
	inOrder bool
}

type column struct {
	name  string
	right bool // numbers, aligned to the right
	// hidden columns are for --json; people don't see them.
	hidden bool
}

// cols makes columns from their names: "name", ">number", "-hidden".
func cols(names ...string) []column {
	cs := make([]column, len(names))
	for i, n := range names {
		cs[i] = column{name: strings.TrimLeft(n, ">-"), right: n[0] == '>', hidden: n[0] == '-'}
	}
	return cs
}

func (t *table) add(cells ...any) { t.rows = append(t.rows, cells) }

func (t *table) plain() string {
	if len(t.rows) == 0 && t.sayEmpty {
		return line(t.empty)
	}
	lines := make([]string, len(t.rows))
	for i, row := range t.rows {
		lines[i] = strings.Join(t.plainCells(row), "\t") + "\n"
	}
	if !t.inOrder {
		slices.Sort(lines)
	}
	return strings.Join(lines, "")
}

func (t *table) plainCells(row []any) []string {
	if t.compat != nil {
		return t.compat(row)
	}
	return cellTexts(row)
}

// cellTexts writes every cell on one line.
func cellTexts(row []any) []string {
	cells := make([]string, len(row))
	for i, c := range row {
		cells[i] = oneLine(cellText(c))
	}
	return cells
}

// document is an array of objects, one a row, in the rows' order.
func (t *table) document() any {
	rows := make([]object, len(t.rows))
	key := strings.NewReplacer(" ", "_", "%", "", "/s", "")
	for i, row := range t.rows {
		for j, c := range row {
			if o, ok := c.(Outcome); ok {
				rows[i] = append(rows[i], o.members()...)
				continue
			}
			name := key.Replace(t.columns[j].name)
			rows[i] = append(rows[i], member{name, cellJSON(c)})
		}
	}
	return rows
}

// mostAddresses is how many addresses a cell shows; --json has all.
const mostAddresses = 10

// cellText is a cell for people and for tab-separated rows.
func cellText(c any) string {
	switch c := c.(type) {
	case nil:
		return ""
	case string:
		return c
	case time.Duration:
		return duration(c)
	case time.Time:
		if c.IsZero() {
			return ""
		}
		return c.Format("15:04:05")
	case float64:
		return strconv.FormatFloat(c, 'g', 6, 64)
	case Value:
		return c.Bare()
	case bytesCell:
		return c.String()
	case Outcome:
		return "" // for --json
	case []Address:
		var parts []string
		for i, a := range c {
			if i == mostAddresses {
				parts = append(parts, fmt.Sprintf("and %d more", len(c)-i))
				break
			}
			parts = append(parts, a.String())
		}
		return strings.Join(parts, " ")
	}
	return fmt.Sprint(c)
}

// cellJSON is a cell for --json: numbers as numbers, durations in seconds,
// times in RFC 3339, what isn't known as null.
func cellJSON(c any) any {
	switch c := c.(type) {
	case time.Duration:
		return c.Seconds()
	case time.Time:
		if c.IsZero() {
			return nil
		}
		return c.Format(time.RFC3339Nano)
	case Address:
		return c.String()
	case []Address:
		texts := make([]string, len(c))
		for i, a := range c {
			texts[i] = a.String()
		}
		return texts
	case bytesCell:
		if c < 0 {
			return nil
		}
		return int64(c)
	}
	return c
}

// duration prints a time span in a person's units: 3ms, 1.2s, 4m10s.
func duration(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return d.Round(time.Microsecond).String()
	case d < time.Second:
		return d.Round(time.Millisecond / 10).String()
	case d < time.Minute:
		return d.Round(time.Second / 100).String()
	}
	return d.Round(time.Second).String()
}

// bytesCell is a number of bytes; below 0 it isn't known.
type bytesCell int64

func (b bytesCell) String() string {
	switch {
	case b < 0:
		return "-"
	case b < 1<<10:
		return strconv.FormatInt(int64(b), 10)
	case b < 1<<20:
		return strconv.FormatFloat(float64(b)/(1<<10), 'f', 1, 64) + "K"
	}
	return strconv.FormatFloat(float64(b)/(1<<20), 'f', 1, 64) + "M"
}

// results of Lua, in the form of skynet's: one row for each, numbered, and `n`.
type values []Value

func (vs values) plain() string {
	var b strings.Builder
	for i, v := range vs {
		fmt.Fprintf(&b, "%d\t%s\n", i+1, Printable(v.Bare()))
	}
	fmt.Fprintf(&b, "n\t%d\n", len(vs))
	return b.String()
}

func (vs values) pretty(s style) string {
	if len(vs) == 0 {
		return s.dim("no values") + "\n"
	}
	var b strings.Builder
	for _, v := range vs {
		b.WriteString(line(Printable(v.String())))
	}
	return b.String()
}

func (vs values) document() any {
	if vs == nil {
		return []Value{}
	}
	return []Value(vs)
}

// output is what injected code printed, then its values.
type output Output

func (o output) plain() string {
	return o.with(func(v Value) string { return v.String() })
}

func (o output) pretty(style) string { return o.plain() }

func (o output) with(show func(Value) string) string {
	var b strings.Builder
	b.WriteString(line(Printable(o.Printed)))
	for _, v := range o.Values {
		b.WriteString(line(Printable(show(v))))
	}
	return b.String()
}

func (o output) document() any {
	return object{{"printed", o.Printed}, {"values", values(o.Values).document()}}
}

// printedBefore joins an error to what the code printed before it.
func printedBefore(out Output, err error) error {
	if err == nil || out.Printed == "" {
		return err
	}
	return partial{output{Printed: out.Printed}, err}
}
