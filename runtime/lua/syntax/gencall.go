package syntax

import (
	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"devnode/runtime/lua/bytecode"
)

// openEnd asks for as many values as there are.
const openEnd = -1

// call generates a call whose want results begin at the first free register,
// which it returns.
func (f *funcGen) call(e *callExpr, want int) int {
	base := f.prepareCall(e)
	f.emitCall(lua.OP_CALL, base, want, e)
	return base
}

// prepareCall puts the function and its arguments in place, and returns the
// register of the function. The registers stay allocated.
func (f *funcGen) prepareCall(e *callExpr) int {
	base := f.free
	if e.method == "" {
		f.push(e.fn)
	} else {
		f.self(e, base)
	}
	return base
}

func (f *funcGen) self(e *callExpr, base int) {
	obj := f.anyReg(e.fn, -1)
	f.free = base
	f.alloc(2)
	key := f.literalRK(stringLiteral(e.method, e.Line()))
	f.emitABC(lua.OP_SELF, base, obj, key, e.Line())
	f.free = base + 2
}

func (f *funcGen) emitCall(op, base, want int, e *callExpr) {
	n := f.list(e.args, openEnd)
	b := 0
	if n != openEnd {
		b = f.free - base
	}
	pc := f.emitABC(op, base, b, want+1, e.Line())
	f.calls = append(f.calls, lua.DbgCall{Name: callName(e), Pc: pc})
	e.pc, e.base, e.top, e.want, e.tail = pc, base, f.top, want, op == lua.OP_TAILCALL
	f.free = base
	if want > 0 {
		f.alloc(want)
	}
}

// callName is what tracebacks call the function.
func callName(e *callExpr) string {
	if e.method != "" {
		return e.method
	}
	switch fn := e.fn.(type) {
	case *localExpr:
		return fn.v.name
	case *upvalueExpr:
		return fn.v.name
	case *globalExpr:
		return fn.name
	case *indexExpr:
		if k, ok := fn.key.(*literal); ok && k.kind == litString {
			return k.str
		}
	}
	return "?"
}

// list evaluates expressions into consecutive registers and returns how many
// values it made of them: want, or for openEnd as many as there are, which is
// openEnd again where that is only known at run time.
func (f *funcGen) list(list []ast.Expr, want int) int {
	for i, e := range list {
		if i == len(list)-1 && isMulti(e) {
			if want == openEnd {
				f.multi(e, openEnd)
				return openEnd
			}
			f.multi(e, max(want-i, 0))
			return want
		}
		f.push(e)
		if want != openEnd && i >= want {
			f.free--
		}
	}
	if more := want - len(list); more > 0 {
		r := f.alloc(more)
		f.emitABC(lua.OP_LOADNIL, r, r+more-1, 0, max(f.lastLine(), f.stmtEnd))
	}
	if want == openEnd {
		return len(list)
	}
	return want
}

// multi evaluates a call or `...` to want values, or all of them.
func (f *funcGen) multi(e ast.Expr, want int) {
	switch e := e.(type) {
	case *callExpr:
		f.call(e, want)
	case *varargExpr:
		r := f.alloc(max(want, 1))
		f.emitABC(lua.OP_VARARG, r, want+1, 0, e.Line())
		f.free = r + max(want, 0)
	}
}

// returnStatement leaves the function. Variables to be closed are closed after
// the values have been computed; where the number of values isn't known, a
// helper carries them across each __close call.
func (f *funcGen) returnStatement(st *returnStmt) {
	line := st.LastLine()
	if f.keepsScope() && f.block.parent == nil {
		if len(st.values) == 1 && !isMulti(st.values[0]) {
			st = &returnStmt{StmtBase: st.StmtBase, values: []ast.Expr{f.kept(st.values[0], line)}}
		} else {
			f.captureScope(-1, line)
		}
	}
	if f.toClose(0) {
		f.returnClosing(st, line)
		return
	}
	if len(st.values) == 1 {
		switch e := st.values[0].(type) {
		case *localExpr:
			f.emitABC(lua.OP_RETURN, e.v.reg, 2, 0, line)
			return
		case *callExpr:
			base := f.prepareCall(e)
			f.emitCall(lua.OP_TAILCALL, base, openEnd, e)
			f.emitABC(lua.OP_RETURN, base, 0, 0, line)
			f.free = f.top
			return
		}
	}
	base := f.free
	b := 0
	if f.list(st.values, openEnd) != openEnd {
		b = f.free - base + 1
	}
	f.emitABC(lua.OP_RETURN, base, b, 0, line)
	f.free = f.top
}

// table builds a table in register r, the topmost one in use.
func (f *funcGen) table(e *tableExpr, r int) {
	array := e.array
	if n := len(e.fields); n > 0 && e.fields[n-1].key == nil && isMulti(e.fields[n-1].value) {
		array-- // it isn't known how many it gives, nor does C Lua count it
	}
	f.emitABC(lua.OP_NEWTABLE, r, min(array, bytecode.MaxBC), min(len(e.fields)-e.array, bytecode.MaxBC), e.Line())
	stored, pending := 0, 0
	for i := range e.fields {
		fd := &e.fields[i]
		if fd.key != nil {
			f.setField(r, fd)
			continue
		}
		if i == len(e.fields)-1 && isMulti(fd.value) {
			f.multi(fd.value, openEnd)
			f.setList(r, stored, 0, fd.line)
			f.free = r + 1
			return
		}
		f.push(fd.value)
		if pending++; pending == lua.FieldsPerFlush {
			f.setList(r, stored, pending, fd.line)
			stored += pending
			pending = 0
			f.free = r + 1
		}
	}
	if pending > 0 {
		f.setList(r, stored, pending, e.LastLine())
	}
	f.free = r + 1
}

func (f *funcGen) setField(r int, fd *field) {
	mark := f.free
	op, key := f.key(fd.key)
	value := f.operand(fd.value, -1)
	f.emitABC(setOp(op), r, key, value, fd.line)
	f.free = mark
}

// setOp is the opcode that writes what op reads.
func setOp(op int) int {
	if op == lua.OP_GETTABLEKS {
		return lua.OP_SETTABLEKS
	}
	return lua.OP_SETTABLE
}

// setList stores the n values above r behind those stored already; n is 0 for
// all up to the top. Batches beyond what the instruction can count are counted
// by the word after it.
func (f *funcGen) setList(r, stored, n, line int) {
	batch := stored/lua.FieldsPerFlush + 1
	if batch <= bytecode.MaxBC {
		f.emitABC(lua.OP_SETLIST, r, n, batch, line)
		return
	}
	f.emitABC(lua.OP_SETLIST, r, n, 0, line)
	f.emit(uint32(batch), line)
}
