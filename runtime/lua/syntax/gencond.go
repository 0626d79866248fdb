package syntax

import (
	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// isBool reports whether the value of e is always true or false.
func isBool(e ast.Expr) bool {
	switch e := e.(type) {
	case *binaryExpr:
		return e.op.isComparison()
	case *unaryExpr:
		return e.op == opNot
	case *logicExpr:
		return isBool(e.lhs) && isBool(e.rhs)
	}
	return false
}

// boolTo leaves a truth value in r.
func (f *funcGen) boolTo(e ast.Expr, r int) {
	no := f.jumpIf(e, false)
	f.emitABC(lua.OP_LOADBOOL, r, 1, 1, e.Line())
	f.patchHere(no)
	f.emitABC(lua.OP_LOADBOOL, r, 0, 0, e.Line())
}

func (f *funcGen) logicTo(e *logicExpr, r int) {
	if isBool(e) {
		f.boolTo(e, r)
		return
	}
	done := f.jumpValue(e.lhs, e.or, r)
	f.toReg(e.rhs, r)
	f.patchHere(done)
}

// jumpIf generates jumps that are taken if e is as true as cond; otherwise
// control falls through. It returns the list of jumps.
func (f *funcGen) jumpIf(e ast.Expr, cond bool) int { return f.jumpValue(e, cond, -1) }

// jumpValue is jumpIf, and where r is not -1, a jump is taken with the value of
// e in r. When control falls through, a register that belongs to a local keeps
// its value, since the rest of the expression may need it.
func (f *funcGen) jumpValue(e ast.Expr, cond bool, r int) int {
	mark := f.free
	list := noJump
	switch e := e.(type) {
	case *literal:
		if (e.kind != litNil && e.kind != litFalse) == cond {
			if r >= 0 {
				f.literalTo(e, r)
			}
			list = f.jump(e.Line())
		}
	case *logicExpr:
		list = f.jumpLogic(e, cond, r)
	case *unaryExpr:
		switch {
		case e.op != opNot:
			list = f.jumpTest(e, cond, r)
		case r < 0:
			list = f.jumpIf(e.e, !cond)
		default:
			list = f.jumpBool(e, cond, r)
		}
	case *binaryExpr:
		switch {
		case !e.op.isComparison():
			list = f.jumpTest(e, cond, r)
		case r < 0:
			list = f.jumpCompare(e, cond)
		default:
			list = f.jumpBool(e, cond, r)
		}
	default:
		list = f.jumpTest(e, cond, r)
	}
	f.free = mark
	return list
}

func (f *funcGen) jumpLogic(e *logicExpr, cond bool, r int) int {
	if e.or == cond {
		first := f.jumpValue(e.lhs, cond, r)
		return f.join(first, f.jumpValue(e.rhs, cond, r))
	}
	around := f.jumpIf(e.lhs, !cond)
	list := f.jumpValue(e.rhs, cond, r)
	f.patchHere(around)
	return list
}

// jumpBool jumps with the truth value itself in r.
func (f *funcGen) jumpBool(e ast.Expr, cond bool, r int) int {
	around := f.jumpIf(e, !cond)
	f.emitABC(lua.OP_LOADBOOL, r, bit(cond), 0, e.Line())
	list := f.jump(e.Line())
	f.patchHere(around)
	return list
}

func (f *funcGen) jumpTest(e ast.Expr, cond bool, r int) int {
	v := f.anyReg(e, f.fresh(r))
	if r < 0 || v == r {
		f.emitABC(lua.OP_TEST, v, 0, bit(cond), e.Line())
	} else {
		f.emitABC(lua.OP_TESTSET, r, v, bit(cond), e.Line())
	}
	return f.jump(e.Line())
}

func (f *funcGen) jumpCompare(e *binaryExpr, cond bool) int {
	b := f.operand(e.lhs, -1)
	c := f.operand(e.rhs, -1)
	op := lua.OP_EQ
	switch e.op {
	case opNe:
		cond = !cond
	case opLt:
		op = lua.OP_LT
	case opLe:
		op = lua.OP_LE
	case opGt:
		op, b, c = lua.OP_LT, c, b
	case opGe:
		op, b, c = lua.OP_LE, c, b
	}
	f.emitABC(op, bit(cond), b, c, e.Line())
	return f.jump(e.Line())
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
