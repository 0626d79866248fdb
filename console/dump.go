package console

import (
	"slices"
	"strings"
)

// dump is what a debug command answered, printed as skynet's console does: a
// table as one row for each key, anything else as itself.
type dump []Value

func (d dump) plain() string {
	var b strings.Builder
	for _, v := range d {
		if v.Type != "table" || len(v.Fields) == 0 {
			if v.Type != "nil" {
				b.WriteString(line(Printable(v.Bare())))
			}
			continue
		}
		rows := make([]string, len(v.Fields))
		for i, f := range v.Fields {
			rows[i] = Printable(f.Key.Bare()) + "\t" + flat(f.Value) + "\n"
		}
		slices.Sort(rows)
		b.WriteString(strings.Join(rows, ""))
	}
	return b.String()
}

// flat is a value in a row: of a table its fields as key:value, separated by
// tabs, sorted; what lies deeper is written as Lua.
func flat(v Value) string {
	if v.Type != "table" || len(v.Fields) == 0 {
		return Printable(v.Bare())
	}
	cells := make([]string, len(v.Fields))
	for i, f := range v.Fields {
		cells[i] = oneLine(f.Key.Bare()) + ":" + oneLine(f.Value.Bare())
	}
	slices.Sort(cells)
	return strings.Join(cells, "\t")
}

func (d dump) pretty(style) string {
	var b strings.Builder
	for _, v := range d {
		switch {
		case v.Type == "nil":
		case v.Type == "table":
			b.WriteString(line(Printable(v.String())))
		default:
			b.WriteString(line(Printable(v.Bare())))
		}
	}
	return b.String()
}

func (d dump) document() any {
	switch len(d) {
	case 0:
		return nil
	case 1:
		return d[0]
	}
	return []Value(d)
}
