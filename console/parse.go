package console

import (
	"fmt"
	"strings"
	"time"
)

// request is a parsed command line.
type request struct {
	shell *shell
	cmd   *Command
	words []string // without the command's own name and without flags
	flags map[string]string
	tail  string // of a raw command: the line behind its first words
	// after is the number of words that stood before a lone `--`, below 0 where
	// there was none.
	after int
	json  bool
	limit time.Duration
	// about is the service that the command waits for, for the error that says
	// who didn't answer.
	about *Service
}

// parse reads the rest of a line, behind the command's name.
func parse(c *Command, rest string) (*request, error) {
	r := &request{cmd: c, flags: map[string]string{}, limit: c.Limit, after: -1}
	rest = strings.TrimLeft(rest, " \t")
	rest, err := r.trailing(rest)
	if err != nil {
		return r, err
	}
	dashes := true
	for rest != "" {
		passing := (c.raw || c.passAfter > 0) && len(r.words) >= c.passAfter
		if passing && c.raw && (c.Name == "complete" || !dashes || !flagFirst.MatchString(rest)) {
			r.tail = rest
			break
		}
		ws, err := splitWords(rest, 1)
		if err != nil {
			return nil, err
		}
		w := ws[0]
		bare := rest[w.start:w.end]
		rest = strings.TrimLeft(rest[w.end:], " \t")
		switch {
		case dashes && bare == "--":
			dashes = false
			if !passing {
				r.after = len(r.words)
			}
		case dashes && len(bare) > 1 && bare[0] == '-' && (!passing || c.raw || c.hasFlag(bare)):
			if rest, err = r.flag(bare, rest); err != nil {
				return nil, err
			}
			// A chunk given by -e is followed by its own arguments.
			dashes = dashes && r.flags["-e"] == ""
		default:
			r.words = append(r.words, w.text)
		}
	}
	return r, r.check()
}

// flag takes one flag, and its value from the rest of the line.
func (r *request) flag(name, rest string) (string, error) {
	name, value, glued := strings.Cut(name, "=")
	f, ok := r.cmd.flag(name)
	if !ok {
		return "", r.unknownFlag(name)
	}
	switch {
	case f.arg == "" && glued:
		return "", fmt.Errorf("%s: %s takes no value", r.cmd.Name, name)
	case f.arg == "":
		r.flags[name] = "yes"
	case glued:
		r.flags[name] = value
	case rest == "":
		return "", fmt.Errorf("%s: %s needs %s", r.cmd.Name, name, f.arg)
	default:
		if quote, _ := quoteAt(rest, 0); f.rest && quote == "" {
			r.flags[name] = rest
			return "", nil
		}
		ws, err := splitWords(rest, 1)
		if err != nil {
			return "", err
		}
		r.flags[name] = ws[0].text
		rest = strings.TrimLeft(rest[ws[0].end:], " \t")
	}
	return rest, r.general(name)
}

// general acts on the flags that every command has.
func (r *request) general(name string) error {
	switch name {
	case "--json":
		r.json = true
	case "--timeout":
		d, err := time.ParseDuration(r.flags[name])
		if err != nil || d <= 0 {
			return hint(fmt.Errorf("%s: --timeout: %q is no time", r.cmd.Name, r.flags[name]), "--timeout 10s")
		}
		r.limit = d
	}
	return nil
}

func (r *request) unknownFlag(name string) error {
	var names []string
	for _, f := range append(generalFlags(), r.cmd.flags...) {
		names = append(names, f.name)
	}
	try := nearest(name, names)
	if try == "" {
		try = "help " + r.cmd.Name
	}
	return hint(fmt.Errorf("%s: no flag %s", r.cmd.Name, name), try)
}

// check compares the number of words with what the command takes.
func (r *request) check() error {
	n, c := len(r.words), r.cmd
	try := "help " + c.Name
	switch {
	case n < c.min:
		return hint(fmt.Errorf("%s: got %s, want %s", c.Name, count(n, "argument"), c.Args), try)
	case c.max >= 0 && n > c.max:
		want := c.Args
		if want == "" {
			want = "none"
		}
		return hint(fmt.Errorf("%s: got %s, want %s", c.Name, count(n, "argument"), want), try)
	}
	return nil
}

// word returns the nth word, or nothing.
func (r *request) word(n int) string {
	if n < len(r.words) {
		return r.words[n]
	}
	return ""
}

func (r *request) has(flag string) bool { _, ok := r.flags[flag]; return ok }

func (c *Command) flag(name string) (option, bool) {
	for _, f := range append(generalFlags(), c.flags...) {
		if f.name == name {
			return f, true
		}
	}
	return option{}, false
}

// hasFlag tells whether a word is one of the command's own flags, which count
// also behind passAfter: `inject ADDR -e CODE`.
func (c *Command) hasFlag(word string) bool {
	name, _, _ := strings.Cut(word, "=")
	for _, f := range c.flags {
		if f.name == name {
			return true
		}
	}
	return false
}

func count(n int, what string) string {
	switch n {
	case 0:
		return "no " + what
	case 1:
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
