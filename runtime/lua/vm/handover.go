package vm

import lua "github.com/yuin/gopher-lua"

// Holds visits what the fiber refers to: its body, its arguments and what is on
// its stack.
func (f *Fiber) Holds(visit func(lua.LValue)) {
	f.held(visit)
	for _, th := range f.stack() {
		for _, v := range registersOf(th) {
			visit(v)
		}
	}
}

// MoveTo has a suspended coroutine belong to another VM: it outlives its own.
// Neither of them may run meanwhile.
func (f *Fiber) MoveTo(v *VM) {
	if !f.co || f.state != Suspended {
		return
	}
	if _, begun := f.vm.fibers[f]; begun {
		delete(f.vm.fibers, f)
		v.fibers[f] = struct{}{}
	}
	f.vm = v
}
