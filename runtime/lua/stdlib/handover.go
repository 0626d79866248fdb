package stdlib

import (
	"runtime"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/vm"
)

// EndsSomething tells whether there is anything that goes with v: open files,
// objects with a __gc method, coroutines in progress.
func EndsSomething(v *vm.VM) bool {
	l := of(v)
	if l == nil {
		return false
	}
	return len(v.Coroutines()) > 0 || l.gc != nil && len(l.gc.marked) > 0 || l.io != nil && l.io.open.some()
}

func (o *openFiles) some() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.files) > 0
}

// HandOver has values of a VM that is about to end belong to another, which goes
// on: files stay open, coroutines suspended, and __gc methods run when that one
// ends. Neither VM may run meanwhile.
func HandOver(from, to *vm.VM, held map[lua.LValue]struct{}) {
	for v := range held {
		switch v := v.(type) {
		case *lua.LState:
			if co := vm.CoroutineOf(v); co != nil && co.VM() == from {
				co.MoveTo(to)
			}
		case *lua.LUserData:
			if f, ok := v.Value.(*file); ok && f.lib == of(from) && !f.closed && !f.std {
				f.handOver(of(to))
			}
		}
	}
	if gc := of(from).gc; gc != nil {
		gc.handOver(of(to), held)
	}
}

func (f *file) handOver(to *library) {
	f.lib.io.open.remove(f)
	f.lib = to
	if f.src != nil {
		f.src.lib = to
	}
	runtime.SetFinalizer(f, nil)
	to.files().open.add(f)
}

// handOver has another VM's library account for the marked objects that are held.
func (g *finalizers) handOver(to *library, held map[lua.LValue]struct{}) {
	left := g.marked[:0]
	for _, m := range g.marked {
		v := m.value()
		if _, ok := held[v]; v == nil || !ok {
			left = append(left, m)
			continue
		}
		if to.gc == nil {
			to.gc = newFinalizers()
		}
		delete(g.known, m)
		g.dead.expect(-1)
		to.gc.mark(v)
	}
	clear(g.marked[len(left):])
	g.marked = left
}
