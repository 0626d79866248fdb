package syntax

import (
	"fmt"
	"slices"

	"github.com/yuin/gopher-lua/ast"
)

// A ChangeKind says what a new version of a chunk needs to take effect.
type ChangeKind int

const (
	// Unchanged: the same program, apart from comments and layout.
	Unchanged ChangeKind = iota
	// Bodies: only the insides of functions differ, and each of these functions
	// can be replaced in a running program.
	Bodies
	// Shape: something differs that has been executed already, or can't be
	// replaced in place. The chunk must be loaded anew.
	Shape
)

// A Change is the difference between two versions of a chunk.
type Change struct {
	Kind ChangeKind

	// Functions are those to replace, for Bodies, in the order of the source.
	Functions []FunctionChange

	// Reason and Line say, for Shape, what differs first, in a few words, and
	// where in the new version.
	Reason string
	Line   int
}

// A FunctionChange is a function whose inside differs. Functions inside it are
// part of it and not listed.
type FunctionChange struct {
	Name string // as a reader would call it: command.GET, M:update, start.dispatch
	Line int    // in the new version
	// Path is the place in the tree: the index among the FunctionPrototypes of
	// the main function, then of that function, and so on. It is the same in
	// both versions, and so is that of every function that didn't change.
	Path []int
}

// String is the change in a few words, for a log line.
func (c Change) String() string {
	switch c.Kind {
	case Unchanged:
		return "nothing changed"
	case Bodies:
		if n := len(c.Functions); n > 1 {
			return fmt.Sprintf("%d functions changed", n)
		}
		return "function " + c.Functions[0].Name + " changed"
	}
	return fmt.Sprintf("line %d: %s", c.Line, c.Reason)
}

// Compare compares two versions of a chunk, as Parse returned them.
//
// What counts as the inside of a function is its parameters and its statements,
// except for functions that are run as the chunk is loaded: a function that is
// called where it stands, or that is an argument of a call which is run then,
// such as the one given to skynet.start or skynet.fork. Their statements are
// treated as the main function's own. An argument of a call of something named
// dispatch is only kept for later, and so is a function in a table.
//
// A function can be replaced in place only if all outer local variables that it
// uses are held by some function of the old version: the others are gone.
func Compare(old, new []ast.Stmt) Change {
	c := &comparison{vars: make(map[*local]*local)}
	at := &site{old: functionsIn(old), new: functionsIn(new), running: true}
	if d := c.statements(at, old, new); d != nil {
		return Change{Kind: Shape, Reason: d.reason, Line: max(d.line, 1)}
	}
	if len(c.changed) == 0 {
		return Change{Kind: Unchanged}
	}
	return Change{Kind: Bodies, Functions: c.changed}
}

// A comparison is one call of Compare.
type comparison struct {
	vars    map[*local]*local // of the new version, to those of the old
	changed []FunctionChange
}

// A site is a function in which statements are compared.
type site struct {
	name     string // "" for the main function
	path     []int
	old, new []*function // that stand in it
	running  bool        // its statements are executed as the chunk is loaded
}

// A difference is where two trees differ. A nil one stands for none.
type difference struct {
	line   int
	reason string
}

func differ(line int, format string, args ...any) *difference {
	return &difference{line, fmt.Sprintf(format, args...)}
}

// function compares two functions at the same place. runs tells that they are
// executed as the chunk is loaded, so that a difference can't be patched.
func (c *comparison) function(at *site, name string, runs bool, old, new *function) *difference {
	inner := &site{
		name:    name,
		path:    append(slices.Clone(at.path), slices.Index(at.new, new)),
		old:     functionsIn(old.body),
		new:     functionsIn(new.body),
		running: runs,
	}
	if at.name != "" {
		inner.name = at.name + "/" + name
	}
	mark := len(c.changed)
	d := c.parameters(inner, old, new)
	if d == nil {
		d = c.statements(inner, old.body, new.body)
	}
	if d == nil || runs {
		return d
	}
	c.changed = c.changed[:mark]
	for _, v := range new.upvalues {
		if was := c.vars[v]; was == nil || !was.captured {
			return differ(d.line, "%s now uses local %s, which no function held", inner.name, v.name)
		}
	}
	c.changed = append(c.changed, FunctionChange{Name: inner.name, Line: new.Line(), Path: inner.path})
	return nil
}

func (c *comparison) parameters(at *site, old, new *function) *difference {
	if old.vararg != new.vararg || old.method != new.method || len(old.params) != len(new.params) {
		return differ(new.Line(), "parameters of %s changed", at.name)
	}
	return c.declare(new.Line(), old.params, new.params)
}

// declare compares the names and attribs of new variables, and notes which old
// one each new one stands for.
func (c *comparison) declare(line int, old, new []*local) *difference {
	if len(old) != len(new) {
		return differ(line, "local %s changed", new[0].name)
	}
	for i, v := range new {
		if v.name != old[i].name || v.attrib != old[i].attrib {
			return differ(line, "local %s is new", v.name)
		}
		c.vars[v] = old[i]
	}
	return nil
}
