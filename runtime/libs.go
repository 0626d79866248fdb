package runtime

import (
	"io"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
	"devnode/runtime/lualib"
)

// newSkynetModule makes the module skynet. Its functions are the same in all
// VMs of a node.
func newSkynetModule() *stdlib.Module {
	values := make(map[string]func(*vm.VM) lua.LValue)
	for name, n := range skynetConstants() {
		values[name] = func(*vm.VM) lua.LValue { return number(n) }
	}
	values["cache"] = func(v *vm.VM) lua.LValue {
		t := stdlib.NewModule("skynet.codecache.", codecacheFunctions(), nil).Table(v)
		stdlib.Complete(t)
		return t
	}
	values["pcall"] = func(v *vm.VM) lua.LValue { return stdlib.Field(v.Globals(), "pcall") }
	return stdlib.NewModule("skynet.", skynetFunctions(), values)
}

// isBuiltin tells whether fn is the function of the module skynet with that name.
func (n *Node) isBuiltin(fn *lua.LFunction, name string) bool { return fn == n.skynet.Func(name) }

// openLibs fills the generation's VM: the standard library, and what a service
// may require.
func (g *Generation) openLibs() {
	n := g.service.node
	stdlib.Open(g.vm, stdlib.Options{
		ReadFile: g.files.read,
		Missing:  g.files.missing,
		Compile:  n.compiler.compilePolled,
		Path:     n.config.LuaPath,
		CPath:    n.config.LuaCPath,
		Stdout:   n.stdout,
		Stderr:   n.config.Stderr,
		Exit:     func(f *vm.Fiber, code int) { n.abortWith(code); f.Unwind(errExited) },
		Block:    blockFiber,
		Warn:     func(text string) { g.log("Lua warning: %s", text) },
		Builtin:  n.builtin,
		Fallback: n.fallback,
		Loading:  g.loadModule,
		Replace:  inPlaceOf,
		NotFound: n.missingModule,
	})
}

// openSkynet is the loader of skynet, and of skynet.manager, which is the same
// table.
func openSkynet(L *lua.LState) int {
	g := vm.Of(L).VM().Owner.(*Generation)
	if g.skynet == nil {
		g.skynet = g.service.node.skynet.Table(g.vm)
	}
	L.Push(g.skynet)
	return 1
}

func openReload(L *lua.LState) int {
	v := vm.Of(L).VM()
	t := v.Owner.(*Generation).service.node.reloads.Table(v)
	stdlib.Complete(t)
	mt := value.NewTable(0, 1)
	mt.RawSetString("__call", v.NewFunction(apiReload))
	value.SetMeta(t, mt)
	L.Push(t)
	return 1
}

// openEmbedded loads a module that is written in Lua and part of the binary.
func openEmbedded(L *lua.LState) int {
	name := checkString(L, 1)
	g := vm.Of(L).VM().Owner.(*Generation)
	source := lualib.Modules()[name]
	proto, err := g.service.node.compiler.compile([]byte(source), "@"+embeddedModules+name)
	if err != nil {
		raise(L, "%s", err)
	}
	L.Push(g.vm.NewClosure(proto))
	L.Push(lua.LString(name))
	vm.Call(L, 1, 1)
	return 1
}

// blockFiber runs work that may take long on a goroutine of its own, while
// the task is parked, and its service with it (awaitAlone).
func blockFiber(f *vm.Fiber, work func()) {
	t, ok := f.Owner.(*Task)
	if !ok || t == nil {
		work()
		return
	}
	t.awaitAlone(f, work)
}

// awaitWork is Await, for a task that is known. When the task is killed it
// doesn't return.
func (t *Task) awaitWork(f *vm.Fiber, work func()) {
	s := t.service
	if f.Closing() {
		s.awaitHere(f, work)
		return
	}
	session := s.newSession()
	s.node.natives.Go(func() {
		work()
		s.node.push(s, Message{Session: session, Type: ptypeTimer}, nil)
	})
	t.await(f, session, 0)
}

// closingPatience is how long the service waits for what a __close method does,
// where the task can't be parked.
const closingPatience = 5 * time.Second

// awaitHere is awaitWork for a fiber that can't park: the service waits, as it
// does in skynet, but not for ever.
func (s *Service) awaitHere(f *vm.Fiber, work func()) {
	done := make(chan struct{})
	s.node.natives.Go(func() {
		defer close(done)
		work()
	})
	patience := time.NewTimer(closingPatience)
	defer patience.Stop()
	select {
	case <-done:
	case <-patience.C:
		f.Park() // raises
	}
}

// lineWriter passes on each write as a whole.
type lineWriter struct {
	mu  sync.Mutex
	out io.Writer
}

func (w *lineWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(p)
}
