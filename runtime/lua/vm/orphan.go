package vm

import (
	"runtime"
	"sync"
	"weak"

	lua "github.com/yuin/gopher-lua"
)

// A suspended coroutine has a goroutine, which Go never frees by itself: an
// iterator that a loop left early would stay until the VM's end. So Go's
// collector watches the Lua value that stands for a suspended coroutine, and
// once that is gone, nobody can resume it, and it is killed at the next
// occasion. As in C Lua, its __close methods don't run then. A coroutine that
// refers to itself, by a variable it captured, isn't found.

// maxCoroutines bounds the coroutines in progress of one VM: about 7 KB each.
const maxCoroutines = 1 << 16

// orphans are the coroutines whose values were found gone.
type orphans struct {
	mu   sync.Mutex
	list []*Fiber
}

func (o *orphans) add(f *Fiber) {
	o.mu.Lock()
	o.list = append(o.list, f)
	o.mu.Unlock()
}

func (o *orphans) take() []*Fiber {
	o.mu.Lock()
	list := o.list
	o.list = nil
	o.mu.Unlock()
	return list
}

// coroutineIdentity is the value that stands for a coroutine; a new one where
// the last has been collected, which only the running coroutine can notice.
func (f *Fiber) coroutineIdentity() *lua.LState {
	th := f.self.Value()
	if th == nil {
		th = &lua.LState{G: f.vm.main.G, Env: f.vm.main.Env}
		th.SetContext(f)
		f.self = weak.Make(th)
		f.watched = false
	}
	return th
}

// watch has the collector watch the value of a coroutine that has yielded.
func (f *Fiber) watch() {
	if f.watched && !f.orphan {
		return
	}
	f.watched, f.orphan = true, false
	runtime.AddCleanup(f.coroutineIdentity(), func(w weak.Pointer[Fiber]) {
		if f := w.Value(); f != nil {
			f.vm.orphans.add(f)
		}
	}, weak.Make(f))
}

// Reap ends the coroutines that nobody can resume any more. It happens whenever
// a coroutine is made, and is called on the VM's own goroutine. One that runs
// just now is watched again when it yields.
func (v *VM) Reap() {
	for _, f := range v.orphans.take() {
		switch {
		case f.self.Value() != nil:
			// Its value was asked for again meanwhile.
		case f.state == Suspended && f.runner != nil:
			f.unwind(ErrKilled)
		default:
			f.orphan = true
		}
	}
}
