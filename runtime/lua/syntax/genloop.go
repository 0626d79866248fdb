package syntax

import (
	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// Hidden variables by which loops keep their state, as C Lua counts them
// against the limit of local variables.
const (
	numericHidden = 3
	genericHidden = 4
	// iteratorHidden are those of the loop instruction: the iterator, its state and
	// its last value.
	iteratorHidden = 3
)

// whileStatement puts the condition behind the body, which saves a jump a turn.
func (f *funcGen) whileStatement(st *whileStmt) {
	line := st.Line()
	b := f.enterBlock(true)
	toCond := noJump
	if !isTrue(st.cond) {
		toCond = f.jump(line)
	}
	top := f.pc()
	f.blockOf(st.body)
	f.patchHere(toCond)
	f.patch(f.jumpIf(st.cond, true), top)
	f.leaveBlock()
	f.patchHere(b.breaks)
}

func isTrue(e ast.Expr) bool {
	l, ok := e.(*literal)
	return ok && l.kind != litNil && l.kind != litFalse
}

func (f *funcGen) repeatStatement(st *repeatStmt) {
	b := f.enterBlock(true)
	inner := f.enterBlock(false)
	top := f.pc()
	f.statements(st.body)
	line := st.cond.Line()
	if f.needsClosing(inner.level) {
		done := f.jumpIf(st.cond, true)
		f.leaveTo(inner.level, line, func() { f.jumpTo(top, line) })
		f.patchHere(done)
	} else {
		f.patch(f.jumpIf(st.cond, false), top)
	}
	f.leaveBlock()
	f.leaveBlock()
	f.patchHere(b.breaks)
}

// numericFor generates a loop over numbers. FORPREP decides whether there is a
// first turn, and what kind of numbers the loop runs over.
func (f *funcGen) numericFor(st *numericForStmt) {
	line := st.Line()
	b := f.enterBlock(true)
	base := f.free
	st.base = base
	if st.step == nil {
		one := &literal{kind: litNumber, num: lua.LNumber(1)}
		one.SetLine(line)
		st.step = one
	}
	f.push(st.init)
	f.push(st.limit)
	f.push(st.step)
	for i := range numericHidden {
		f.activateHidden(base + i)
	}
	b.breakLevel = len(f.active)
	prep := f.emit(encodeAsBx(lua.OP_FORPREP, base, 0), line)
	top := f.pc()
	f.enterBlock(false)
	st.v.reg = f.alloc(1)
	f.activate(st.v)
	f.statements(st.body)
	f.block.dead = endsInJump(st.body)
	f.leaveBlock()
	f.setJump(prep, f.pc())
	loop := f.emit(encodeAsBx(lua.OP_FORLOOP, base, 0), line)
	f.setJump(loop, top)
	f.leaveBlock()
	f.patchHere(b.breaks)
}

// genericFor generates a loop over an iterator. The fourth value of 5.4, which
// is closed when the loop ends, takes a register below those of the machine's
// loop instruction, and none where the loop can't have such a value.
func (f *funcGen) genericFor(st *genericForStmt) {
	line := st.Line()
	b := f.enterBlock(true)
	base := f.free
	closing := -1
	if mayClose(st.rhs) {
		closing = f.alloc(1)
		base++
	}
	st.base, st.closing = base, closing
	want := genericHidden - 1
	if closing >= 0 {
		want++
	}
	f.list(st.rhs, want)
	f.free = base + 3
	if closing >= 0 {
		f.emitABC(lua.OP_MOVE, closing, base+3, 0, line)
	}
	f.activateHidden(closing)
	for i := range 3 {
		f.activateHidden(base + i)
	}
	if closing >= 0 {
		f.openLoop(b.level, line)
	}
	b.breakLevel = len(f.active)
	toCall := f.jump(line)
	top := f.pc()
	f.enterBlock(false)
	vars := f.alloc(max(len(st.vars), 3))
	for i, v := range st.vars {
		v.reg = vars + i
		f.activate(v)
	}
	f.free = f.top
	f.statements(st.body)
	f.block.dead = endsInJump(st.body)
	f.leaveBlock()
	f.patchHere(toCall)
	pc := f.emitABC(lua.OP_TFORLOOP, base, 0, len(st.vars), st.inLine)
	st.next = pc
	f.calls = append(f.calls, lua.DbgCall{Name: "for iterator", Pc: pc})
	f.jumpTo(top, line)
	f.patchHere(b.breaks)
	f.leaveBlock()
}

// mayClose reports whether the values of a generic for can include a fourth
// one. Those of pairs and ipairs don't.
func mayClose(rhs []ast.Expr) bool {
	if len(rhs) >= genericHidden {
		return true
	}
	if len(rhs) == 0 || !isMulti(rhs[len(rhs)-1]) {
		return false
	}
	if c, ok := rhs[0].(*callExpr); ok && len(rhs) == 1 {
		if g, ok := c.fn.(*globalExpr); ok && c.method == "" {
			return g.name != "pairs" && g.name != "ipairs"
		}
	}
	return true
}
