package syntax

import (
	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// A blockGen is one nesting level of the function being generated.
type blockGen struct {
	parent     *blockGen
	level      int // active locals before it
	isLoop     bool
	dead       bool // its end can't be reached, or needs no closing
	breakLevel int  // active locals that a break leaves alone
	breaks     int  // jumps to the loop's end
}

// labelCode is where a label is, as far as it is known.
type labelCode struct {
	placed bool
	pc     int
	gotos  int // list of jumps, plus 1: zero is none
}

func (f *funcGen) enterBlock(isLoop bool) *blockGen {
	b := &blockGen{parent: f.block, level: len(f.active), isLoop: isLoop, breakLevel: len(f.active), breaks: noJump}
	f.block = b
	return b
}

// leaveBlock ends the scope of the block's locals, closing what must be closed
// on the way that falls out of it.
func (f *funcGen) leaveBlock() {
	b := f.block
	f.endLocals(b.level, !b.dead)
	f.block = b.parent
}

func (f *funcGen) endLocals(level int, closing bool) {
	end := f.pc()
	for i := len(f.active) - 1; i >= level; i-- {
		if d := f.debug[i]; d >= 0 {
			f.locals[d].EndPc = end
		}
	}
	if closing {
		f.closeLocals(level, f.lastLine())
	} else {
		f.endRanges(level)
	}
	for i := len(f.active) - 1; i >= level; i-- {
		if r := f.active[i].reg; r >= 0 {
			f.top = r
		}
	}
	f.active = f.active[:level]
	f.debug = f.debug[:level]
	f.opened = f.opened[:level]
	f.free = f.top
}

func (f *funcGen) lastLine() int {
	if len(f.lines) == 0 {
		return f.fn.Line()
	}
	return f.lines[len(f.lines)-1]
}

// activate begins the scope of v, which has its register already, or none.
func (f *funcGen) activate(v *local) {
	d := -1
	if v.reg >= 0 {
		d = len(f.locals)
		// gopher-lua takes a local to be in scope strictly between the two.
		f.locals = append(f.locals, lua.DbgLocalInfo{Name: v.name, StartPc: f.pc() - 1})
		f.top = v.reg + 1
	}
	f.active = append(f.active, v)
	f.debug = append(f.debug, d)
	f.opened = append(f.opened, -1)
}

// activateHidden adds a loop's variable that the script can't name; reg is -1
// where the loop doesn't need it.
func (f *funcGen) activateHidden(reg int) {
	f.activate(&local{name: "(for state)", fn: f.fn, reg: reg})
}

// firstCaptured returns the lowest register among the locals from level on that
// an inner function refers to, or -1.
func (f *funcGen) firstCaptured(level int) int {
	for _, v := range f.active[level:] {
		if v.captured && v.reg >= 0 {
			return v.reg
		}
	}
	return -1
}

// needsClosing reports whether leaving the locals from level on takes any code.
func (f *funcGen) needsClosing(level int) bool {
	return f.firstCaptured(level) >= 0 || f.toClose(level)
}

func (f *funcGen) toClose(level int) bool {
	for _, pc := range f.opened[level:] {
		if pc >= 0 {
			return true
		}
	}
	return false
}

// closeLocals emits what leaving the locals from level on takes: the __close
// calls, innermost first, and the detaching of captured locals.
func (f *funcGen) closeLocals(level, line int) {
	for i := len(f.active) - 1; i >= level; i-- {
		if f.opened[i] >= 0 {
			f.callClose(i, line)
		}
	}
	if r := f.firstCaptured(level); r >= 0 {
		f.emitABC(lua.OP_CLOSE, r, 0, 0, line)
	}
}

// leaveTo emits a way out of the locals from level on, in the middle of their
// scope; after is called to emit the jump.
func (f *funcGen) leaveTo(level, line int, after func()) {
	f.closeLocals(level, line)
	after()
	f.reopenRanges(level)
}

func (f *funcGen) statements(list []ast.Stmt) {
	for _, st := range list {
		f.statement(st)
	}
}

// blockOf generates a block with a scope of its own.
func (f *funcGen) blockOf(list []ast.Stmt) {
	f.enterBlock(false)
	f.statements(list)
	f.block.dead = endsInJump(list)
	f.leaveBlock()
}

// endsInJump reports whether control can't reach the end of the statements.
func endsInJump(list []ast.Stmt) bool {
	if len(list) == 0 {
		return false
	}
	switch list[len(list)-1].(type) {
	case *returnStmt, *breakStmt, *gotoStmt:
		return true
	}
	return false
}

func (f *funcGen) breakStatement(st *breakStmt) {
	b := f.block
	for !b.isLoop {
		b = b.parent
	}
	f.leaveTo(b.breakLevel, st.Line(), func() {
		b.breaks = f.join(b.breaks, f.jump(st.Line()))
	})
}

func (f *funcGen) gotoStatement(st *gotoStmt) {
	l := st.target
	f.leaveTo(l.level, st.Line(), func() {
		if l.gen.placed {
			f.jumpTo(l.gen.pc, st.Line())
			return
		}
		l.gen.gotos = f.join(l.gen.gotos-1, f.jump(st.Line())) + 1
	})
}

// labelStatement places a label. Where the label ends its block, the block's
// locals are out of scope there: the way that falls through closes them before
// the label, as every goto has done by then.
func (f *funcGen) labelStatement(st *labelStmt) {
	l := st.label
	if l.last {
		f.endLocals(f.block.level, true)
	}
	l.gen.placed = true
	l.gen.pc = f.pc()
	f.patchHere(l.gen.gotos - 1)
}
