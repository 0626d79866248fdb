package console

import (
	"fmt"
	"slices"
	"strings"
)

// helpList is the answer of `help`.
type helpList struct{ t *commandTable }

func (h helpList) plain() string {
	t := &table{}
	for _, c := range h.t.list {
		t.add(c.Name, c.Summary)
	}
	return t.plain()
}

func (h helpList) pretty(s style) string {
	width := 0
	for _, c := range h.t.list {
		width = max(width, len(c.Name))
	}
	var b strings.Builder
	for _, g := range groups() {
		head := false
		for _, c := range h.t.list {
			if c.Group != g {
				continue
			}
			if !head {
				b.WriteString(s.bold(g) + "\n")
				head = true
			}
			fmt.Fprintf(&b, "  %s  %s\n", pad(c.Name, width, false), clip(c.Summary, s.width-width-4))
		}
	}
	b.WriteString(s.dim("help COMMAND explains one; --json and --timeout TIME work with each") + "\n")
	return b.String()
}

func (h helpList) document() any {
	all := make([]object, len(h.t.list))
	for i, c := range h.t.list {
		all[i] = helpPage{c}.document().(object)
	}
	return all
}

// helpPage is the answer of `help COMMAND`.
type helpPage struct{ c *Command }

func (h helpPage) plain() string { return h.pretty(style{width: 80}) }

func (h helpPage) pretty(s style) string {
	c := h.c
	var b strings.Builder
	fmt.Fprintln(&b, s.bold("usage: "+c.usage()))
	b.WriteString(fill(c.Summary+".", s.width))
	if c.Detail != "" {
		b.WriteString("\n" + fill(c.Detail, s.width))
	}
	if len(c.flags) > 0 {
		b.WriteString("\n")
		for _, f := range c.flags {
			fmt.Fprintf(&b, "  %-16s  %s\n", f.usage(), f.help)
		}
	}
	if c.Example != "" {
		b.WriteString("\nfor example: " + c.Example + "\n")
	}
	if len(c.Aliases) > 0 {
		b.WriteString("\nalso called: " + strings.Join(c.Aliases, ", ") + "\n")
	}
	if !c.Live {
		b.WriteString("\ntime limit: " + duration(c.Limit) + "\n")
	}
	return b.String()
}

func (h helpPage) document() any {
	c := h.c
	flags := []object{}
	for _, f := range slices.Concat(c.flags, generalFlags()) {
		flags = append(flags, object{{"flag", f.usage()}, {"help", f.help}})
	}
	return object{
		{"name", c.Name}, {"aliases", append([]string{}, c.Aliases...)}, {"group", c.Group},
		{"usage", c.usage()}, {"summary", c.Summary}, {"detail", c.Detail}, {"flags", flags},
	}
}

// fill breaks a paragraph into lines of at most width columns, 80 where the
// width isn't known.
func fill(p string, width int) string {
	if width <= 0 || width > 100 {
		width = 80
	}
	var b strings.Builder
	col := 0
	for i, w := range strings.Fields(p) {
		n := displayWidth(w)
		switch {
		case i == 0:
		case col+1+n >= width:
			b.WriteByte('\n')
			col = 0
		default:
			b.WriteByte(' ')
			col++
		}
		b.WriteString(w)
		col += n
	}
	return b.String() + "\n"
}

// clip cuts a text to a width; one below 1 leaves it alone.
func clip(t string, width int) string {
	if width < 1 || displayWidth(t) <= width {
		return t
	}
	col := 0
	for i, r := range t {
		if col += displayWidth(string(r)); col > width-1 {
			return t[:i] + "…"
		}
	}
	return t
}
