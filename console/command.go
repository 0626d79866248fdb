package console

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Command is one row of the command table, from which dispatch, help,
// completion, prefixes and docs/console.md are made.
type Command struct {
	Name    string
	Aliases []string
	Group   string
	// Args is the usage behind the name: "ADDR FILE [ARG…]".
	Args    string
	Summary string // one line
	Detail  string // paragraphs, for `help COMMAND` and the reference
	// Example is a line to try, for the reference.
	Example string
	// Exact commands are never meant by a prefix: they end or change things.
	Exact bool
	// Live commands go on until they are interrupted, without a time limit.
	Live bool
	// Limit is how long the command may take; --timeout overrides it.
	Limit time.Duration

	flags []option
	// min and max are how many words it takes; max -1 for any number.
	min, max int
	// passAfter is the number of words behind which dashes mean nothing, since
	// the rest belongs to a service or to a chunk; 0 where dashes always count.
	passAfter int
	// raw says that what follows passAfter words is one piece of text, Lua, and
	// isn't cut into words.
	raw      bool
	complete []completer // for each word; the last one also for all further ones
	run      func(ctx context.Context, r *request) (Result, error)
}

// option is a flag of a command.
type option struct {
	name string // with its dashes
	arg  string // what its value is called, empty where it takes none
	help string
	// rest: the value may be the whole rest of the line, when it isn't quoted.
	rest bool
}

// defaultLimit is short enough for a hung service to be told within five
// seconds of the key press.
const defaultLimit = 4 * time.Second

// groups orders help and the reference.
func groups() []string {
	return []string{"services", "inspect", "code", "live", "node", "console"}
}

// commandTable holds the commands that a node offers, sorted by name.
type commandTable struct {
	list []*Command
}

func newCommandTable(b Backend) *commandTable {
	t := &commandTable{}
	for _, group := range [][]*Command{
		serviceCommands(b), messageCommands(b), inspectCommands(b), reloadCommands(b),
		useCommands(b), liveCommands(b), nodeCommands(b), consoleCommands(b, t),
	} {
		t.list = append(t.list, group...)
	}
	for _, c := range t.list {
		if c.Limit == 0 {
			c.Limit = defaultLimit
		}
	}
	slices.SortFunc(t.list, func(a, b *Command) int { return strings.Compare(a.Name, b.Name) })
	return t
}

// find returns the command of a name, an alias, or an unambiguous prefix.
func (t *commandTable) find(name string) (*Command, error) {
	if c := t.named(name); c != nil {
		return c, nil
	}
	var found []*Command
	for _, c := range t.list {
		if strings.HasPrefix(c.Name, name) {
			found = append(found, c)
		}
	}
	switch {
	case len(found) == 1 && !found[0].Exact:
		return found[0], nil
	case len(found) > 0:
		return nil, hint(errUnknownCommand, strings.Join(namesOf(found), ", "))
	}
	near := nearest(name, t.words())
	if near == "" {
		near = "help"
	}
	return nil, hint(errUnknownCommand, near)
}

// only returns the one command that begins so, or nil.
func (t *commandTable) only(prefix string) *Command {
	var found *Command
	for _, c := range t.list {
		if strings.HasPrefix(c.Name, prefix) {
			if found != nil {
				return nil
			}
			found = c
		}
	}
	return found
}

// named returns the command of a name or alias, or nil.
func (t *commandTable) named(name string) *Command {
	for _, c := range t.list {
		if c.Name == name || slices.Contains(c.Aliases, name) {
			return c
		}
	}
	return nil
}

// words are all names, without aliases.
func (t *commandTable) words() []string { return namesOf(t.list) }

func namesOf(cs []*Command) []string {
	names := make([]string, len(cs))
	for i, c := range cs {
		names[i] = c.Name
	}
	return names
}

// usage is the command with its arguments.
func (c *Command) usage() string {
	u := c.Name
	for _, f := range c.flags {
		if !strings.Contains(c.Args, f.usage()) {
			u += " [" + f.usage() + "]"
		}
	}
	if c.Args != "" {
		u += " " + c.Args
	}
	return u
}

func (f option) usage() string {
	if f.arg == "" {
		return f.name
	}
	return f.name + " " + f.arg
}

// generalFlags are understood by every command.
func generalFlags() []option {
	return []option{
		{name: "--json", help: "answer as one JSON document"},
		{name: "--timeout", arg: "TIME", help: "wait this long at most: 500ms, 10s, 2m"},
	}
}
