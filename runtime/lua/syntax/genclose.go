package syntax

import lua "github.com/yuin/gopher-lua"

// A closeRange tells that from start up to end, register reg holds a variable
// to be closed. When an error leaves the function there, CloseFrames closes it;
// every other way out has code of its own for that, during which the variable
// is in no range.
type closeRange struct {
	start, end int
	reg        int
}

// open makes the active local i one to be closed, after a check that it can be.
func (f *funcGen) open(i int, name string, line int) {
	r := f.alloc(3)
	f.loadConstant(r, f.consts.other(closeCheck), line)
	f.move(r+1, f.active[i].reg, line)
	f.loadConstant(r+2, f.consts.string(name), line)
	f.emitABC(lua.OP_CALL, r, 3, 1, line)
	f.free = r
	f.opened[i] = f.pc()
}

// openLoop does the same for the fourth value of a generic for, which is nil in
// nearly all loops: then only a test is executed.
func (f *funcGen) openLoop(i int, line int) {
	f.emitABC(lua.OP_TEST, f.active[i].reg, 0, 0, line)
	none := f.jump(line)
	f.open(i, f.active[i].name, line)
	f.patchHere(none)
	f.opened[i] = f.pc()
}

func (f *funcGen) endRange(i int) {
	if start := f.opened[i]; start >= 0 && start < f.pc() {
		f.closers = append(f.closers, closeRange{start, f.pc(), f.active[i].reg})
	}
}

// endRanges ends the scope of variables to be closed where control can't be.
func (f *funcGen) endRanges(level int) {
	for i := level; i < len(f.active); i++ {
		f.endRange(i)
	}
}

// reopenRanges goes on after a way out in the middle of the scope.
func (f *funcGen) reopenRanges(level int) {
	for i := level; i < len(f.active); i++ {
		if f.opened[i] >= 0 {
			f.opened[i] = f.pc()
		}
	}
}

// callClose generates the __close call of the active local i.
func (f *funcGen) callClose(i, line int) {
	v := f.active[i]
	f.endRange(i)
	none := noJump
	if v.name == "(for state)" {
		f.emitABC(lua.OP_TEST, v.reg, 0, 0, line)
		none = f.jump(line)
	}
	r := f.alloc(2)
	f.loadConstant(r, f.consts.other(closeValue), line)
	f.move(r+1, v.reg, line)
	f.emitABC(lua.OP_CALL, r, 2, 1, line)
	f.free = r
	f.patchHere(none)
}

// returnClosing returns from inside the scope of variables to be closed.
func (f *funcGen) returnClosing(st *returnStmt, line int) {
	n := len(st.values)
	if n == 0 || !isMulti(st.values[n-1]) {
		base := f.free
		f.list(st.values, n)
		f.leaveTo(0, line, func() { f.emitABC(lua.OP_RETURN, base, n+1, 0, line) })
		f.free = f.top
		return
	}
	// Below the values, whose number isn't known, goes a pair of registers for
	// each variable, the innermost nearest: closeAndPass and its argument.
	base := f.free
	for i, pc := range f.opened {
		if pc >= 0 {
			r := f.alloc(2)
			f.loadConstant(r, f.consts.other(closeAndPass), line)
			f.move(r+1, f.active[i].reg, line)
		}
	}
	f.list(st.values, openEnd)
	r := f.pairsEnd(base)
	for i := len(f.opened) - 1; i >= 0; i-- {
		if f.opened[i] >= 0 {
			f.endRange(i)
			r -= 2
			f.emitABC(lua.OP_CALL, r, 0, 0, line)
		}
	}
	f.emitABC(lua.OP_RETURN, base, 0, 0, line)
	f.reopenRanges(0)
	f.free = f.top
}

// returnAtEnd generates the return that every function ends with. It detaches
// captured locals by itself.
func (f *funcGen) returnAtEnd() {
	line := f.fn.LastLine()
	if f.fn.lastToken > 0 {
		line = f.fn.lastToken
	}
	for i := len(f.opened) - 1; i >= 0 && !endsInJump(f.fn.body); i-- {
		if f.opened[i] >= 0 {
			f.callClose(i, line)
			f.opened[i] = -1
		}
	}
	if f.keepsScope() && !endsInJump(f.fn.body) {
		f.captureScope(-1, line)
	}
	f.emitABC(lua.OP_RETURN, 0, 1, 0, line)
}

func (f *funcGen) pairsEnd(base int) int {
	for _, pc := range f.opened {
		if pc >= 0 {
			base += 2
		}
	}
	return base
}
