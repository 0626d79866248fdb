package runtime

import (
	"errors"
	"fmt"
	"os"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/sourcefile"
	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/syntax"
)

// Problem is one thing that a reload of a file would stumble over.
type Problem struct {
	File    string
	Line    int // 0 where it isn't known
	Message string
}

// Check finds what a reload of a file would find without running any of it:
// what doesn't compile, in the file itself and in the modules that it requires
// by a constant name, modules that aren't there or return nothing, globals that
// nothing defines, and kept state that nobody claims any more. The error is for a
// file that can't be read.
func (n *Node) Check(file string) ([]Problem, error) {
	c := checker{node: n, seen: map[string]bool{}}
	if err := c.file(file); err != nil {
		return nil, fmt.Errorf("check %s: %w", file, err)
	}
	c.undefined(file)
	c.unclaimed(file)
	return c.problems, nil
}

// Unfinished reports whether Lua source doesn't compile because it ends too early.
func Unfinished(src []byte) bool {
	_, err := syntax.Compile(src, "=")
	var fault *syntax.Error
	return errors.As(err, &fault) && fault.Incomplete
}

type checker struct {
	node     *Node
	seen     map[string]bool
	problems []Problem
	texts    []checkedFile
}

// checkedFile is a file that compiles, and what it does with globals.
type checkedFile struct {
	path    string
	globals *syntax.Globals
}

func (c *checker) file(path string) error {
	if c.seen[absolute(path)] {
		return nil
	}
	c.seen[absolute(path)] = true
	src, err := sourcefile.Read(path)
	if err != nil {
		return err
	}
	proto, err := syntax.Compile(src, "@"+path)
	var fault *syntax.Error
	switch {
	case errors.As(err, &fault):
		c.problems = append(c.problems, Problem{path, fault.Line, fault.Msg})
	case err != nil:
		c.problems = append(c.problems, Problem{path, 0, err.Error()})
	default:
		c.requires(path, proto)
		c.globals(path, src)
	}
	return nil
}

// requires follows the modules that the code names.
func (c *checker) requires(path string, proto *lua.FunctionProto) {
	for _, r := range requiredBy(proto) {
		if c.builtin(r.name) {
			continue
		}
		found, tried := c.find(r.name)
		if found == "" && c.node.fallback.Func(r.name) != nil {
			continue
		}
		if found == "" {
			c.problems = append(c.problems, Problem{path, r.line, fmt.Sprintf("module '%s' not found: %s", r.name, c.missing(r.name, tried))})
			continue
		}
		if err := c.file(found); err != nil {
			c.problems = append(c.problems, Problem{path, r.line, fmt.Sprintf("module '%s': %s", r.name, err)})
		}
	}
}

// missing says why a module isn't there.
func (c *checker) missing(name string, tried []string) string {
	if text := c.node.missingModule(name, c.node.config.LuaCPath); text != "" {
		return text
	}
	return "no file " + strings.Join(tried, ", ")
}

// builtin tells whether require finds the module before it looks for a file.
func (c *checker) builtin(name string) bool {
	return stdlib.IsLibrary(name) || c.node.builtin.Func(name) != nil
}

// find looks a module up in the node's LuaPath.
func (c *checker) find(name string) (path string, tried []string) {
	for template := range strings.SplitSeq(c.node.config.LuaPath, ";") {
		if template == "" {
			continue
		}
		p := strings.ReplaceAll(template, "?", strings.ReplaceAll(name, ".", string(os.PathSeparator)))
		if info, err := os.Stat(p); err == nil && !info.IsDir() {
			return p, nil
		}
		tried = append(tried, p)
	}
	return "", tried
}

// required is one require of a constant name.
type required struct {
	name string
	line int
}

// requiredBy finds them in compiled code: the global require is fetched, a
// constant is loaded behind it, and a call follows.
func requiredBy(proto *lua.FunctionProto) []required {
	var list []required
	constant := func(i int) string {
		if i < len(proto.Constants) {
			if s, ok := proto.Constants[i].(lua.LString); ok {
				return string(s)
			}
		}
		return ""
	}
	for pc := 0; pc+2 < len(proto.Code); pc++ {
		get, load, call := proto.Code[pc], proto.Code[pc+1], proto.Code[pc+2]
		if bytecode.Opcode(get) != lua.OP_GETGLOBAL || constant(bytecode.Bx(get)) != "require" ||
			bytecode.Opcode(load) != lua.OP_LOADK || bytecode.Opcode(call) != lua.OP_CALL {
			continue
		}
		if name := constant(bytecode.Bx(load)); name != "" && pc < len(proto.DbgSourcePositions) {
			list = append(list, required{name, proto.DbgSourcePositions[pc]})
		}
	}
	for _, inner := range proto.FunctionPrototypes {
		list = append(list, requiredBy(inner)...)
	}
	return list
}
