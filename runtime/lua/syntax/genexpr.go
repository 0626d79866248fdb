package syntax

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"devnode/runtime/lua/bytecode"
)

// toReg generates code that leaves the value of e in register r. Where r is a
// local's, r is written last, so that e may use the old value.
func (f *funcGen) toReg(e ast.Expr, r int) {
	mark := f.free
	line := e.Line()
	switch e := e.(type) {
	case *literal:
		f.literalTo(e, r)
	case *localExpr:
		f.move(r, e.v.reg, line)
	case *upvalueExpr:
		f.emitABC(lua.OP_GETUPVAL, r, e.index, 0, line)
	case *globalExpr:
		f.globalOp(lua.OP_GETGLOBAL, r, e, line)
	case *indexExpr:
		obj := f.anyReg(e.obj, f.fresh(r))
		op, key := f.key(e.key)
		f.emitABC(op, r, obj, key, line)
	case *parenExpr:
		f.toReg(e.e, r)
	case *function:
		f.closure(e, r)
	case *binaryExpr:
		f.binaryTo(e, r)
	case *unaryExpr:
		f.unaryTo(e, r)
	case *logicExpr:
		f.logicTo(e, r)
	case *concatExpr, *callExpr, *varargExpr, *tableExpr, *envExpr:
		f.atTop(e, r)
	default:
		panic(fmt.Sprintf("syntax: no code for %T", e))
	}
	f.free = mark
}

// atTop generates the expressions whose code needs the registers above their
// result.
func (f *funcGen) atTop(e ast.Expr, r int) {
	at := f.free
	if f.isTop(r) {
		at = r
	}
	f.free = at
	switch e := e.(type) {
	case *concatExpr:
		for _, part := range e.parts {
			f.push(part)
		}
		f.emitABC(lua.OP_CONCAT, at, at, f.free-1, e.Line())
	case *callExpr:
		f.call(e, 1)
	case *varargExpr:
		f.alloc(1)
		f.emitABC(lua.OP_VARARG, at, 2, 0, e.Line())
	case *tableExpr:
		f.alloc(1)
		f.table(e, at)
	case *envExpr:
		f.alloc(1)
		f.loadConstant(at, f.consts.other(getEnv), e.Line())
		f.emitABC(lua.OP_CALL, at, 1, 2, e.Line())
	}
	f.move(r, at, e.Line())
}

func (f *funcGen) literalTo(e *literal, r int) {
	switch e.kind {
	case litNil:
		f.emitABC(lua.OP_LOADNIL, r, r, 0, e.Line())
	case litFalse:
		f.emitABC(lua.OP_LOADBOOL, r, 0, 0, e.Line())
	case litTrue:
		f.emitABC(lua.OP_LOADBOOL, r, 1, 0, e.Line())
	default:
		f.loadConstant(r, f.constant(e), e.Line())
	}
}

// globalOp reads a global into r, or writes it from r.
func (f *funcGen) globalOp(op, r int, e *globalExpr, line int) {
	k := f.consts.string(e.name)
	if k&pooled == 0 {
		f.emitABx(op, r, k, line)
		return
	}
	mark := f.free
	env := f.push(&envExpr{})
	key := f.alloc(1)
	f.loadConstant(key, k, line)
	if op == lua.OP_GETGLOBAL {
		f.emitABC(lua.OP_GETTABLE, r, env, key, line)
	} else {
		f.emitABC(lua.OP_SETTABLE, env, key, r, line)
	}
	f.free = mark
}

// push leaves the value of e in the next free register.
func (f *funcGen) push(e ast.Expr) int {
	r := f.alloc(1)
	f.toReg(e, r)
	return r
}

// anyReg returns a register with the value of e: a local's own, hint if it is
// not -1, or the next free one.
func (f *funcGen) anyReg(e ast.Expr, hint int) int {
	if l, ok := e.(*localExpr); ok {
		return l.v.reg
	}
	if hint < 0 {
		return f.push(e)
	}
	f.toReg(e, hint)
	return hint
}

// operand returns e as a B or C operand: a constant or a register.
func (f *funcGen) operand(e ast.Expr, hint int) int {
	if l, ok := e.(*literal); ok {
		return f.literalRK(l)
	}
	return f.anyReg(e, hint)
}

// key returns the opcode that reads a table at the key, and the key's operand.
func (f *funcGen) key(e ast.Expr) (op, operand int) {
	if l, ok := e.(*literal); ok && l.kind == litString {
		return lua.OP_GETTABLEKS, f.literalRK(l)
	}
	return lua.OP_GETTABLE, f.operand(e, -1)
}

// instructionOf are the instructions of the operators that compute with two
// operands.
var instructionOf = [...]int{
	opAdd: lua.OP_ADD, opSub: lua.OP_SUB, opMul: lua.OP_MUL,
	opDiv: lua.OP_DIV, opMod: lua.OP_MOD, opPow: lua.OP_POW,
	opIDiv: bytecode.OpIDiv, opBAnd: bytecode.OpBAnd, opBOr: bytecode.OpBOr,
	opBXor: bytecode.OpBXor, opShl: bytecode.OpShl, opShr: bytecode.OpShr,
}

func (f *funcGen) binaryTo(e *binaryExpr, r int) {
	if e.op.isComparison() {
		f.boolTo(e, r)
		return
	}
	hint := f.fresh(r)
	b := f.operand(e.lhs, hint)
	if b == hint {
		hint = -1
	}
	c := f.operand(e.rhs, hint)
	f.emitABC(instructionOf[e.op], r, b, c, e.Line())
}

func (f *funcGen) unaryTo(e *unaryExpr, r int) {
	op := 0
	switch e.op {
	case opNot:
		op = lua.OP_NOT
		if isBool(e.e) {
			f.boolTo(e, r)
			return
		}
	case opUnm:
		op = lua.OP_UNM
	case opLen:
		op = lua.OP_LEN
	case opBNot:
		b := f.anyReg(e.e, f.fresh(r))
		f.emitABC(bytecode.OpBNot, r, b, b, e.Line())
		return
	}
	f.emitABC(op, r, f.anyReg(e.e, f.fresh(r)), 0, e.Line())
}

// closure compiles e and makes a closure of it in r.
func (f *funcGen) closure(e *function, r int) {
	line := e.LastLine()
	index := len(f.protos)
	if index > bytecode.MaxBx {
		f.fail(line, "too many functions in %s", f.fn.where())
	}
	f.protos = append(f.protos, f.g.compile(f, e))
	f.emitABx(lua.OP_CLOSURE, r, index, line)
	for _, v := range e.upvalues {
		if v.fn == f.fn {
			f.emitABC(lua.OP_MOVE, 0, v.reg, 0, line)
		} else {
			f.emitABC(lua.OP_GETUPVAL, 0, f.upvalue(v), 0, line)
		}
	}
}

func (f *funcGen) upvalue(v *local) int {
	for i, u := range f.fn.upvalues {
		if u == v {
			return i
		}
	}
	panic("syntax: unresolved upvalue " + v.name)
}
