package stdlib

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"weak"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/vm"
)

// finalizers is the account of the objects whose metatables have a __gc. It
// holds none of them: when Go's collector finds one unreachable, it revives it
// and hands it over, and its __gc runs at the next safe point. An object that
// refers to itself, directly or through others, is never found so: its __gc
// runs when the VM ends.
type finalizers struct {
	marked []markedObject // in the order in which they were marked
	live   int            // how many were left after the last sweep
	dead   *deadObjects
}

// markedObject is one of two kinds of objects, neither of them held.
type markedObject struct {
	table    weak.Pointer[lua.LTable]
	userdata weak.Pointer[lua.LUserData]
}

// deadObjects are the objects that were found unreachable. Go's finalizer
// goroutine fills it, so it must not refer to the VM: that would hold the VM's
// objects for ever.
type deadObjects struct {
	mu     sync.Mutex
	list   []lua.LValue
	closed bool
}

func (d *deadObjects) add(v lua.LValue) {
	d.mu.Lock()
	if !d.closed {
		d.list = append(d.list, v)
	}
	d.mu.Unlock()
}

func (d *deadObjects) take() []lua.LValue {
	d.mu.Lock()
	list := d.list
	d.list = nil
	d.mu.Unlock()
	return list
}

func (m markedObject) value() lua.LValue {
	if t := m.table.Value(); t != nil {
		return t
	}
	if ud := m.userdata.Value(); ud != nil {
		return ud
	}
	return nil
}

// finalizable marks an object for its __gc, which setmetatable has just given
// it. Marking twice does nothing. A safe point is here too.
func (l *library) finalizable(L *lua.LState, v lua.LValue) {
	if l.gc == nil {
		l.gc = &finalizers{dead: &deadObjects{}}
	}
	if l.gc.mark(v) {
		l.finalizePending(vm.Of(L))
	}
}

func (g *finalizers) mark(v lua.LValue) bool {
	dead := g.dead
	switch v := v.(type) {
	case *lua.LTable:
		runtime.SetFinalizer(v, nil)
		runtime.SetFinalizer(v, func(t *lua.LTable) { dead.add(t) })
		g.marked = append(g.marked, markedObject{table: weak.Make(v)})
	case *lua.LUserData:
		if _, isFile := v.Value.(*file); isFile {
			return false // closes itself
		}
		runtime.SetFinalizer(v, nil)
		runtime.SetFinalizer(v, func(ud *lua.LUserData) { dead.add(ud) })
		g.marked = append(g.marked, markedObject{userdata: weak.Make(v)})
	default:
		return false
	}
	if len(g.marked) > 2*g.live+64 {
		g.marked = slices.DeleteFunc(g.marked, func(m markedObject) bool { return m.value() == nil })
		g.live = len(g.marked)
	}
	return true
}

// finalizePending runs the __gc methods of the objects that were found dead.
func (l *library) finalizePending(f *vm.Fiber) {
	if l.gc == nil || l.finalizing {
		return
	}
	l.finalizing = true
	defer func() { l.finalizing = false }()
	for _, v := range l.gc.dead.take() {
		l.finalize(f, v)
	}
}

// finalize calls the __gc of an object. Its error becomes a warning.
func (l *library) finalize(f *vm.Fiber, v lua.LValue) {
	var mt lua.LValue
	switch v := v.(type) {
	case *lua.LTable:
		mt = v.Metatable
	case *lua.LUserData:
		mt = v.Metatable
	}
	t, ok := mt.(*lua.LTable)
	if !ok {
		return
	}
	gc, ok := t.RawGetString("__gc").(*lua.LFunction)
	if !ok {
		return
	}
	if _, err := f.Protect(gc, v); err != nil {
		l.Warn(fmt.Sprintf("error in __gc (%s)", err.Value))
	}
}

// Finalize ends what v's library has begun: the __gc methods of all marked
// objects run, the last marked first, on the fiber f, which must be ready to
// start; then open files are flushed and closed by v.Close, which comes next.
// A __gc that fails becomes a warning, and one that parks is not waited for.
func Finalize(v *vm.VM, f *vm.Fiber) {
	l := of(v)
	if l == nil || l.gc == nil {
		return
	}
	f.Start(v.NewFunction(func(*lua.LState) int { l.finalizeAll(f); return 0 }))
	if f.Resume() == vm.Parked {
		f.Kill()
	}
	f.Release()
	l.gc.dead.mu.Lock()
	l.gc.dead.closed = true
	l.gc.dead.mu.Unlock()
	l.gc.unmarkAll()
}

func (l *library) finalizeAll(f *vm.Fiber) {
	l.finalizing = true
	done := make(map[lua.LValue]bool)
	for rounds := 0; rounds < 10; rounds++ { // a __gc may mark more objects
		g := l.gc
		var list []lua.LValue
		for _, m := range g.marked {
			if v := m.value(); v != nil {
				list = append(list, v)
			}
		}
		list = append(g.dead.take(), list...)
		g.unmarkAll()
		g.marked = nil
		if len(list) == 0 {
			return
		}
		for _, v := range slices.Backward(list) {
			if !done[v] {
				done[v] = true
				l.finalize(f, v)
			}
		}
		clear(done)
	}
}

// unmarkAll takes the finalizers off, without which Go could never free
// objects that refer to themselves.
func (g *finalizers) unmarkAll() {
	for _, m := range g.marked {
		if t := m.table.Value(); t != nil {
			runtime.SetFinalizer(t, nil)
		} else if ud := m.userdata.Value(); ud != nil {
			runtime.SetFinalizer(ud, nil)
		}
	}
}
