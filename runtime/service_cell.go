package runtime

import (
	"fmt"
	"path/filepath"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/vm"
)

// cell is what a service made by skynet.service runs: a function of another
// service's code in place of a script (service_cell.lua).
type cell struct {
	proto  *lua.FunctionProto
	values []lua.LValue // its arguments
	path   string       // of the file that the function is in, empty if none
	place  []step       // the way to it from the file's main function
}

// step leads from a function to one inside: the index among so many.
type step struct{ index, of int }

// serviceModuleFunctions are require "skynet.service".
func serviceModuleFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{"new": serviceNew, "query": serviceQuery, "close": serviceClose}
}

// cellKey is the key of such a service among the unique ones.
func cellKey(name string) string { return "service " + name }

// serviceNew is service.new(name, f, ...): the address of the service of that
// name, which is launched if it isn't there, and then runs f(...). It has a VM
// of its own, so f can't use the local variables around it.
func serviceNew(L *lua.LState) int {
	name, fn := checkString(L, 1), L.CheckFunction(2)
	args := taskOf(L).pack(L, 3).Values()
	n := taskOf(L).service.node
	var c *cell
	if n.unique.find(cellKey(name)) == 0 {
		c = newCell(L, taskOf(L).gen, name, fn, append([]lua.LValue(nil), args...))
	}
	return awaitUnique(L, cellKey(name), func() *Service { return &Service{script: name, cell: c} })
}

// serviceQuery is service.query(name): it waits until the service is there.
func serviceQuery(L *lua.LState) int {
	return awaitUnique(L, cellKey(checkString(L, 1)), nil)
}

// serviceClose is service.close(name): it kills the service, and is false if
// there is none.
func serviceClose(L *lua.LState) int {
	n := taskOf(L).service.node
	h := n.unique.find(cellKey(checkString(L, 1)))
	if h != 0 {
		n.unique.forget(h)
		n.Kill(h) // one that is gone already is what was asked for
	}
	L.Push(lua.LBool(h != 0))
	return 1
}

// find is the service of a key, 0 if there is none yet.
func (u *uniques) find(key string) Handle {
	u.mu.Lock()
	defer u.mu.Unlock()
	if e := u.entries[key]; e != nil && e.ready {
		return e.handle
	}
	return 0
}

func newCell(L *lua.LState, g *Generation, name string, fn *lua.LFunction, values []lua.LValue) *cell {
	if fn.IsG {
		raise(L, "skynet.service %s: the function is not written in Lua", name)
	}
	if len(fn.Upvalues) > 0 {
		raise(L, "skynet.service %s: the function uses local variables from outside (%s): it runs in a VM of its own, so it has to require or define them itself",
			name, strings.Join(fn.Proto.DbgUpvalues, ", "))
	}
	c := &cell{proto: fn.Proto, values: values}
	if path, ok := strings.CutPrefix(syntax.Source(fn.Proto), "@"); ok {
		if data, known := g.files.contents()[absolute(path)]; known {
			if main, err := g.service.node.compiler.compile(data, "@"+path); err == nil {
				if place, ok := placeOf(main, fn.Proto); ok {
					c.path, c.place = path, place
				}
			}
		}
	}
	return c
}

// placeOf finds the way from a function to one inside.
func placeOf(in, sought *lua.FunctionProto) ([]step, bool) {
	for i, p := range in.FunctionPrototypes {
		here := step{i, len(in.FunctionPrototypes)}
		if p == sought {
			return []step{here}, true
		}
		if rest, ok := placeOf(p, sought); ok {
			return append([]step{here}, rest...), true
		}
	}
	return nil, false
}

// load is the function as the file has it now. Where the file's functions are
// others than before, it can't be told which one it is.
func (c *cell) load(g *Generation) (*lua.FunctionProto, error) {
	if c.path == "" {
		return c.proto, nil
	}
	data, err := g.files.read(c.path)
	if err != nil {
		return nil, err
	}
	g.files.script = c.path
	proto, err := g.service.node.compiler.compile(data, "@"+c.path)
	if err != nil {
		return nil, err
	}
	for _, at := range c.place {
		if len(proto.FunctionPrototypes) != at.of {
			return nil, fmt.Errorf("%s has other functions than when %s was launched from it: close the service and make it anew", filepath.Base(c.path), g.service.script)
		}
		proto = proto.FunctionPrototypes[at.index]
	}
	if proto.NumUpvalues > 0 {
		return nil, fmt.Errorf("%s:%d: the function of skynet.service uses local variables from outside", filepath.Base(c.path), proto.LineDefined)
	}
	return proto, nil
}

// body is the main chunk of such a service: it has the function run as the
// start function, and after it what the function has given to skynet.start.
func (c *cell) body(g *Generation, proto *lua.FunctionProto) *lua.LFunction {
	fn := g.vm.NewClosure(proto)
	start := g.vm.NewFunction(func(L *lua.LState) int {
		L.Push(fn)
		for _, v := range c.values {
			L.Push(copyValue(v))
		}
		vm.Call(L, len(c.values), 0)
		if start := g.cellStart; start != nil {
			g.cellStart = nil
			L.Push(start)
			vm.Call(L, 0, 0)
		}
		return 0
	})
	return g.vm.NewFunction(func(*lua.LState) int {
		g.begin(start)
		return 0
	})
}
