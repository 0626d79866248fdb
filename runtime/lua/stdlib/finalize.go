package stdlib

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"
	"weak"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// finalizers is the account of the objects whose metatables have a __gc. It
// holds none of them: when Go's collector finds one unreachable, it revives it
// and hands it over, and its __gc runs at the next safe point. An object that
// refers to itself, directly or through others, is never found so: its __gc
// runs when the VM ends.
type finalizers struct {
	marked []markedObject // in the order in which they were marked
	known  map[markedObject]struct{}
	live   int // how many were left after the last sweep
	dead   *deadObjects
}

func newFinalizers() *finalizers {
	return &finalizers{known: make(map[markedObject]struct{}), dead: &deadObjects{}}
}

// markedObject is one of two kinds of objects, neither of them held.
type markedObject struct {
	table    weak.Pointer[value.Table]
	userdata weak.Pointer[lua.LUserData]
}

// deadObjects are the objects that were found unreachable. Go's finalizer
// goroutine fills it, so it must not refer to the VM: that would hold the VM's
// objects for ever.
type deadObjects struct {
	mu       sync.Mutex
	list     []lua.LValue
	expected int           // marked objects that have not come here yet
	came     chan struct{} // closed when the next one comes, if somebody waits
	closed   bool
}

func (d *deadObjects) add(v lua.LValue) {
	d.mu.Lock()
	d.expected--
	if !d.closed {
		d.list = append(d.list, v)
	}
	if d.came != nil {
		close(d.came)
		d.came = nil
	}
	d.mu.Unlock()
}

// expect counts objects that were marked, or, below zero, that are marked no more.
func (d *deadObjects) expect(n int) {
	d.mu.Lock()
	d.expected += n
	d.mu.Unlock()
}

// finalizerPatience bounds the wait for Go's finalizer goroutine.
const finalizerPatience = time.Second

// await waits until all objects have come but those that live. One that was found
// unreachable is nobody's for a moment: its weak pointers are gone at once, but it
// is Go's finalizer goroutine that brings it here.
func (d *deadObjects) await(living int) {
	patience := time.NewTimer(finalizerPatience)
	defer patience.Stop()
	for {
		d.mu.Lock()
		missing := d.expected > living
		if missing && d.came == nil {
			d.came = make(chan struct{})
		}
		came := d.came
		d.mu.Unlock()
		if !missing {
			return
		}
		select {
		case <-came:
		case <-patience.C:
			return
		}
	}
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
	if l.trial != nil {
		*l.trial = append(*l.trial, v)
		return
	}
	if l.gc == nil {
		l.gc = newFinalizers()
	}
	if l.gc.mark(v) {
		l.finalizePending(vm.Of(L))
	}
}

// Trial has objects that get a __gc stay without one for now, as what code makes
// that is only tried may be thrown away. The function that it returns ends that,
// and gives these objects; Mark is for those that are to live.
func Trial(v *vm.VM) (end func() []lua.LValue) {
	l := of(v)
	if l == nil {
		return func() []lua.LValue { return nil }
	}
	var list []lua.LValue
	l.trial = &list
	return func() []lua.LValue {
		l.trial = nil
		return list
	}
}

// Mark has the __gc method of an object run once it is gone, or when v ends.
func Mark(v *vm.VM, object lua.LValue) {
	l := of(v)
	if l.gc == nil {
		l.gc = newFinalizers()
	}
	l.gc.mark(object)
}

func (g *finalizers) mark(v lua.LValue) bool {
	var m markedObject
	switch v := v.(type) {
	case *value.Table:
		m.table = weak.Make(v)
	case *lua.LUserData:
		if _, isFile := v.Value.(*file); isFile {
			return false // closes itself
		}
		m.userdata = weak.Make(v)
	default:
		return false
	}
	if _, marked := g.known[m]; marked {
		return true
	}
	g.known[m] = struct{}{}
	g.marked = append(g.marked, m)
	g.dead.expect(1)
	watch(v, g.dead)
	if len(g.marked) > 2*g.live+64 {
		g.sweep()
	}
	return true
}

// watch has Go's collector bring v to dead, and nowhere else, when it finds it
// unreachable; nowhere at all where dead is nil.
func watch(v lua.LValue, dead *deadObjects) {
	switch v := v.(type) {
	case *value.Table:
		runtime.SetFinalizer(v, nil)
		if dead != nil {
			runtime.SetFinalizer(v, func(t *value.Table) { dead.add(t) })
		}
	case *lua.LUserData:
		runtime.SetFinalizer(v, nil)
		if dead != nil {
			runtime.SetFinalizer(v, func(ud *lua.LUserData) { dead.add(ud) })
		}
	}
}

// sweep forgets the objects that are gone.
func (g *finalizers) sweep() {
	g.marked = slices.DeleteFunc(g.marked, func(m markedObject) bool {
		gone := m.value() == nil
		if gone {
			delete(g.known, m)
		}
		return gone
	})
	g.live = len(g.marked)
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
	case *value.Table:
		mt = value.Meta(v)
	case *lua.LUserData:
		mt = v.Metatable
	}
	t, ok := mt.(*value.Table)
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
// A __gc that fails becomes a warning, as one that wants to wait does: that raises.
func Finalize(v *vm.VM, f *vm.Fiber) {
	l := of(v)
	if l == nil || l.gc == nil {
		return
	}
	f.StartOutside(v.NewFunction(func(*lua.LState) int { l.finalizeAll(f); return 0 }))
	if f.Resume() == vm.Parked {
		f.Kill()
	}
	f.Release()
	l.gc.dead.mu.Lock()
	l.gc.dead.closed = true
	l.gc.dead.mu.Unlock()
	l.gc.unmark(l.gc.living())
}

func (l *library) finalizeAll(f *vm.Fiber) {
	l.finalizing = true
	done := make(map[lua.LValue]bool)
	for rounds := 0; rounds < 10; rounds++ { // a __gc may mark more objects
		g := l.gc
		list := g.living()
		g.dead.await(len(list))
		g.unmark(list)
		list = append(g.dead.take(), list...)
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

// living are the marked objects that were not found unreachable.
func (g *finalizers) living() []lua.LValue {
	var list []lua.LValue
	for _, m := range g.marked {
		if v := m.value(); v != nil {
			list = append(list, v)
		}
	}
	return list
}

// unmark takes the finalizers of the living objects off, which are given: with
// them Go could never free those that refer to themselves. None is marked then.
func (g *finalizers) unmark(living []lua.LValue) {
	for _, v := range living {
		watch(v, nil)
	}
	g.dead.expect(-len(living))
	g.marked = nil
	clear(g.known)
}
