package console

import (
	"slices"
	"strconv"
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

func (d dump) pretty(s style) string {
	var b strings.Builder
	for _, v := range d {
		switch {
		case v.Type == "nil":
		case v.Type == "table":
			b.WriteString(describe(v, s, ""))
		default:
			b.WriteString(line(Printable(v.Bare())))
		}
	}
	return b.String()
}

// describe lays a table out for people: a line for each field, its name in front;
// what is a table itself, and has no room on its line, stands below.
func describe(v Value, s style, indent string) string {
	if len(v.Fields) == 0 {
		return indent + Printable(v.Bare()) + "\n"
	}
	names := make([]string, len(v.Fields))
	width := 0
	for i, f := range v.Fields {
		if names[i] = oneLine(f.Key.Bare()); f.Key.isIndex(i + 1) {
			names[i] = "-"
		}
		if w := displayWidth(names[i]); w <= describedName {
			width = max(width, w)
		}
	}
	var b strings.Builder
	for i, f := range v.Fields {
		name := indent + s.bold(names[i])
		gap := strings.Repeat(" ", max(2, width-displayWidth(names[i])+2))
		switch text, inner := Printable(f.Value.Bare()), f.Value.Fields; {
		case len(inner) > 0 && (displayWidth(indent)+width+displayWidth(text) > lineWidth || named(f.Value)):
			b.WriteString(name + "\n" + describe(f.Value, s, indent+"  "))
		case strings.Contains(text, "\n"):
			under := strings.Repeat(" ", displayWidth(indent+names[i])+len(gap))
			b.WriteString(name + gap + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+under) + "\n")
		default:
			b.WriteString(name + gap + text + "\n")
		}
	}
	if v.More > 0 {
		b.WriteString(indent + s.dim("… "+strconv.Itoa(v.More)+" more") + "\n")
	}
	return b.String()
}

// describedName is how wide a name may be that others are aligned to.
const describedName = 48

// named tells whether a table has names for its fields, and more than a few.
func named(v Value) bool {
	return len(v.Fields) > 3 && !v.Fields[0].Key.isIndex(1)
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
