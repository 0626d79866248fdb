package syntax

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
)

// A funcGen generates the code of one function.
type funcGen struct {
	g      *generator
	parent *funcGen
	fn     *function

	code    []uint32
	lines   []int
	protos  []*lua.FunctionProto
	calls   []lua.DbgCall
	locals  []lua.DbgLocalInfo
	closers []closeRange

	consts constants

	block   *blockGen
	active  []*local
	debug   []int // index in locals of each active one, or -1
	opened  []int // start of the range in which each active one is to be closed
	top     int   // first register that no active local has
	free    int   // first register that nothing uses
	highest int
	stmtEnd int // the last line of a statement that gives values to variables
}

func (f *funcGen) reset(parent *funcGen, fn *function) {
	*f = funcGen{
		g: f.g, parent: parent, fn: fn,
		code: f.code[:0], lines: f.lines[:0], protos: f.protos[:0],
		calls: f.calls[:0], locals: f.locals[:0],
		active: f.active[:0], debug: f.debug[:0], opened: f.opened[:0],
		consts: f.consts,
	}
	f.consts.reset()
}

func (f *funcGen) pc() int { return len(f.code) }

func (f *funcGen) fail(line int, format string, args ...any) {
	panic(&Error{Chunk: f.g.chunk, Line: line, Msg: fmt.Sprintf(format, args...)})
}

func (f *funcGen) emit(i uint32, line int) int {
	f.g.tick()
	f.code = append(f.code, i)
	f.lines = append(f.lines, line)
	return len(f.code) - 1
}

func (f *funcGen) emitABC(op, a, b, c, line int) int {
	return f.emit(encodeABC(op, a, b, c), line)
}

func (f *funcGen) emitABx(op, a, bx, line int) int {
	return f.emit(encodeABx(op, a, bx), line)
}

func (f *funcGen) move(to, from, line int) {
	if to != from {
		f.emitABC(lua.OP_MOVE, to, from, 0, line)
	}
}

// alloc reserves the next n registers and returns the first.
func (f *funcGen) alloc(n int) int {
	r := f.free
	f.free += n
	if f.free > f.highest {
		if f.free > maxReg {
			line := f.fn.Line()
			if len(f.lines) > 0 {
				line = f.lines[len(f.lines)-1]
			}
			f.fail(line, "function or expression needs too many registers (limit is %d) in %s", maxReg, f.fn.where())
		}
		f.highest = f.free
	}
	return r
}

// fresh returns r if it belongs to no local, so that it may hold parts of the
// value that it is to get; else -1.
func (f *funcGen) fresh(r int) int {
	if r >= f.top {
		return r
	}
	return -1
}

// isTop reports whether r is a temporary with none above it. Calls and `...`
// must put their values there: they cut off the registers above.
func (f *funcGen) isTop(r int) bool { return r >= f.top && r+1 == f.free }

// Jumps whose target isn't known yet form a list: each one's distance leads to
// the one before.
const noJump = -1

func (f *funcGen) jump(line int) int {
	return f.emit(encodeAsBx(lua.OP_JMP, 0, noJump), line)
}

func (f *funcGen) nextJump(pc int) int {
	if d := bytecode.SBx(f.code[pc]); d != noJump {
		return pc + 1 + d
	}
	return noJump
}

func (f *funcGen) setJump(pc, target int) {
	d := target - (pc + 1)
	if d > bytecode.MaxSBx || d < -bytecode.MaxSBx {
		f.fail(f.lines[pc], "control structure too long")
	}
	f.code[pc] = encodeAsBx(bytecode.Opcode(f.code[pc]), bytecode.A(f.code[pc]), d)
}

// join makes one list of two.
func (f *funcGen) join(a, b int) int {
	if a == noJump {
		return b
	}
	if b == noJump {
		return a
	}
	last := b
	for next := f.nextJump(last); next != noJump; next = f.nextJump(last) {
		last = next
	}
	f.setJump(last, a)
	return b
}

func (f *funcGen) patch(list, target int) {
	for list != noJump {
		next := f.nextJump(list)
		f.setJump(list, target)
		list = next
	}
}

func (f *funcGen) patchHere(list int) { f.patch(list, f.pc()) }

func (f *funcGen) jumpTo(target, line int) { f.setJump(f.jump(line), target) }
