package runtime

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/sourcefile"
	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/vm"
)

// globals goes through what a file that compiles does with globals and modules.
func (c *checker) globals(path string, src []byte) {
	g, err := syntax.GlobalsOf(src, "@"+path)
	if err != nil {
		return // it has been said
	}
	for _, name := range declaredGlobals(src) {
		g.Defined[name] = true
	}
	c.texts = append(c.texts, checkedFile{path, g})
	if g.Alone != "" {
		c.problems = append(c.problems, Problem{path, g.AloneLine, fmt.Sprintf("%s has functions, and the file doesn't return it: is `return %s` missing at its end?", g.Alone, g.Alone)})
	}
	for _, r := range g.Requires {
		c.useOf(path, r)
	}
	for _, file := range g.Files {
		if _, err := os.Stat(file); err == nil {
			_ = c.file(file) // what can't be read will say so when it is run
		}
	}
}

// useOf complains of a module whose value is used, and that returns none.
func (c *checker) useOf(path string, r syntax.RequireUse) {
	if !r.Used || c.builtin(r.Name) {
		return
	}
	found, _ := c.find(r.Name)
	src, err := sourcefile.Read(found)
	if found == "" || err != nil {
		return
	}
	module, err := syntax.GlobalsOf(src, "@"+found)
	if err != nil || module.Returns || module.Alone != "" {
		return // of the last it is said where it stands
	}
	c.problems = append(c.problems, Problem{path, r.Line, fmt.Sprintf("module '%s' returns nothing, so that this is true: is the `return` of %s missing?", r.Name, found)})
}

// globalsComment fits a comment that says which globals there are besides: the form
// of luacheck, or without its name.
var globalsComment = regexp.MustCompile(`(?m)--+\s*(?:luacheck:)?\s*(?:read_)?globals:?\s+(.*)$`)

// declaredGlobals are the globals that comments of a file tell of.
func declaredGlobals(src []byte) []string {
	var names []string
	for _, m := range globalsComment.FindAllSubmatch(src, -1) {
		names = append(names, strings.FieldsFunc(string(m[1]), func(r rune) bool { return strings.ContainsRune(" \t,\r", r) })...)
	}
	return names
}

// undefined complains of globals that are read and that nothing sets: neither the
// standard library, nor a file that is run with the one given, nor one beside it.
func (c *checker) undefined(file string) {
	known := c.node.standardGlobals()
	for _, f := range c.texts {
		if f.globals.Open {
			return // it may make globals that no text names
		}
		for name := range f.globals.Defined {
			known[name] = true
		}
	}
	for _, path := range append(beside(file), strings.Split(c.node.config.Env["preload"], ";")...) {
		if src, err := sourcefile.Read(path); path != "" && err == nil {
			if g, err := syntax.GlobalsOf(src, "@"+path); err == nil {
				for name := range g.Defined {
					known[name] = true
				}
			}
		}
	}
	for _, f := range c.texts {
		said := make(map[string]bool)
		for _, r := range f.globals.Reads {
			if !known[r.Name] && !said[r.Name] {
				said[r.Name] = true
				c.problems = append(c.problems, Problem{f.path, r.Line, undefinedText(r.Name, known)})
			}
		}
	}
}

func undefinedText(name string, known map[string]bool) string {
	text := fmt.Sprintf("global '%s' is set nowhere", name)
	if near := nearName(name, known); near != "" {
		return text + fmt.Sprintf(": is '%s' meant?", near)
	}
	return text + fmt.Sprintf(". If something else sets it, say so in a comment: -- globals: %s", name)
}

// nearName is a known name that differs in little; empty if there is none.
func nearName(name string, known map[string]bool) string {
	var near []string
	for other := range known {
		if strings.EqualFold(name, other) || len(name) > 3 && oneEdit(name, other) {
			near = append(near, other)
		}
	}
	if len(near) == 0 {
		return ""
	}
	return slices.Min(near)
}

// oneEdit tells whether one letter more, less, or another makes one name of the other,
// or two that have changed places.
func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		return i < len(a) && (a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:])
	case 1:
		return a[i:] == b[i+1:]
	}
	return false
}

// standardGlobals are the globals that every service has.
func (n *Node) standardGlobals() map[string]bool {
	v := vm.New(n.pool)
	defer v.Close()
	stdlib.Open(v, stdlib.Options{})
	stdlib.Complete(v.Globals())
	known := map[string]bool{"SERVICE_NAME": true, "SERVICE_PATH": true}
	v.Globals().ForEach(func(k, _ lua.LValue) {
		if name, ok := k.(lua.LString); ok {
			known[string(name)] = true
		}
	})
	return known
}

// maxBeside bounds the files of a folder that are looked at.
const maxBeside = 300

// beside lists the Lua files in the folder of a file: who requires a module may have
// set what it reads.
func beside(file string) []string {
	list, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*.lua"))
	if err != nil || len(list) > maxBeside {
		return nil
	}
	return list
}

// askTime is how long a service may take to say what it keeps.
const askTime = time.Second

// unclaimed complains of state that a service keeps by a name that its files, as they
// are now, don't mention any more.
func (c *checker) unclaimed(file string) {
	path := absolute(file)
	said := make(map[string]bool)
	for _, info := range c.node.List() {
		if !c.node.Uses(info.Handle, path) {
			continue
		}
		kept, loaded := c.node.keptNames(info.Handle)
		claimed, open := claimedIn(loaded)
		for _, name := range kept {
			if !open && !claimed[name] && !said[name] {
				said[name] = true
				c.problems = append(c.problems, Problem{file, 0, fmt.Sprintf("%s (%s) keeps %q, which nobody claims any more by reload.keep", info.Handle, info.Script, name)})
			}
		}
	}
}

// claimedIn lists the names that files, as they are on the disk, give to reload.keep. open
// tells that there may be others.
func claimedIn(paths []string) (claimed map[string]bool, open bool) {
	claimed = make(map[string]bool)
	for _, path := range paths {
		src, err := sourcefile.Read(path)
		if err != nil {
			continue
		}
		g, err := syntax.GlobalsOf(src, "@"+path)
		if err != nil {
			return nil, true
		}
		open = open || g.KeptOpen
		for _, name := range g.Kept {
			claimed[name] = true
		}
		for _, m := range quoted.FindAllSubmatch(src, -1) { // given to it by whatever name it is called
			claimed[string(m[2])] = true
		}
	}
	return claimed, open
}

// quoted fits a short string of the source.
var quoted = regexp.MustCompile(`("|')([^"'\n]*)["']`)

// keptNames are the names under which a service keeps state, sorted, and the files
// that it has loaded.
func (n *Node) keptNames(h Handle) (names, files []string) {
	s, err := n.Service(h)
	if err != nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), askTime)
	defer cancel()
	_ = n.ask(ctx, s, func(s *Service) { // one that is busy isn't judged
		for name := range s.kept {
			names = append(names, name)
		}
	})
	for path := range n.Loaded(h) {
		files = append(files, path)
	}
	slices.Sort(names)
	return names, files
}
