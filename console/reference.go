package console

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed reference.md
var referenceHead string

// Reference returns the written reference of a console, docs/console.md, made
// from the commands that it offers.
func (c *Console) Reference() string {
	var b strings.Builder
	b.WriteString(referenceHead)
	for _, g := range groups() {
		fmt.Fprintf(&b, "\n### %s\n", groupTitle(g))
		for _, cmd := range c.table.list {
			if cmd.Group == g {
				cmd.reference(&b)
			}
		}
	}
	return b.String()
}

func groupTitle(g string) string {
	switch g {
	case "services":
		return "Services: name, start and end them"
	case "inspect":
		return "Inspect: look into services"
	case "code":
		return "Code: run it, exchange it"
	case "live":
		return "Live: watch"
	case "node":
		return "Node: around the services"
	}
	return "Console: itself"
}

// reference writes the command's section.
func (c *Command) reference(b *strings.Builder) {
	fmt.Fprintf(b, "\n#### `%s`\n\n%s.", c.usage(), c.Summary)
	if c.Detail != "" {
		b.WriteString(" " + c.Detail)
	}
	b.WriteString("\n")
	if len(c.flags) > 0 {
		b.WriteString("\n")
	}
	for _, f := range c.flags {
		fmt.Fprintf(b, "- `%s`: %s\n", f.usage(), f.help)
	}
	var notes []string
	if c.Example != "" {
		notes = append(notes, "For example `"+c.Example+"`.")
	}
	if len(c.Aliases) > 0 {
		notes = append(notes, "Also called `"+strings.Join(c.Aliases, "`, `")+"`.")
	}
	if c.Exact {
		notes = append(notes, "Not to be shortened.")
	}
	if !c.Live && c.Limit != defaultLimit {
		notes = append(notes, "Time limit "+duration(c.Limit)+".")
	}
	if len(notes) > 0 {
		b.WriteString("\n" + strings.Join(notes, " ") + "\n")
	}
}
