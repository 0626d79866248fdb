package syntax

import (
	"math"

	"github.com/yuin/gopher-lua/ast"

	"devnode/runtime/lua/value"
)

// isMulti reports whether e can have any number of values.
func isMulti(e ast.Expr) bool {
	switch e.(type) {
	case *callExpr, *varargExpr:
		return true
	}
	return false
}

// binary makes the node of a binary operation, folding constants.
func (p *parser) binary(op operator, lhs, rhs ast.Expr, line int) ast.Expr {
	var e ast.Expr
	switch op {
	case opAnd, opOr:
		e = &logicExpr{or: op == opOr, lhs: lhs, rhs: rhs}
	case opConcat:
		if c, ok := rhs.(*concatExpr); ok {
			e = &concatExpr{parts: append([]ast.Expr{lhs}, c.parts...)}
			line = c.Line() // as in C Lua, whose one instruction has the last operator's
		} else {
			e = &concatExpr{parts: []ast.Expr{lhs, rhs}}
		}
	default:
		if l, ok := lhs.(*literal); ok {
			if r, ok := rhs.(*literal); ok {
				if f := foldBinary(op, l, r); f != nil {
					f.SetLine(line)
					return f
				}
			}
		}
		e = &binaryExpr{op: op, lhs: lhs, rhs: rhs}
		if op.isComparison() {
			line = p.lastLine // as in C Lua: it is the jump behind that counts
		}
	}
	e.SetLine(line)
	return e
}

func (p *parser) unary(op operator, operand ast.Expr, line int) ast.Expr {
	if l, ok := operand.(*literal); ok {
		if f := foldUnary(op, l); f != nil {
			f.SetLine(line)
			return f
		}
	}
	e := &unaryExpr{op: op, e: operand}
	e.SetLine(line)
	return e
}

// foldable are the operators that are computed while compiling.
var foldable = map[operator]value.Op{
	opAdd: value.Add, opSub: value.Sub, opMul: value.Mul, opDiv: value.Div, opMod: value.Mod, opPow: value.Pow,
	opIDiv: value.IDiv, opBAnd: value.BAnd, opBOr: value.BOr, opBXor: value.BXor, opShl: value.Shl, opShr: value.Shr,
	opUnm: value.Unm, opBNot: value.BNot,
}

// foldBinary computes an operation on two numerals, or returns nil where that
// is left to run time: for operands that raise an error, and for the floats NaN
// and zero, whose sign would be lost among the constants.
func foldBinary(op operator, l, r *literal) *literal {
	do, ok := foldable[op]
	if !ok || l.kind != litNumber || r.kind != litNumber {
		return nil
	}
	v, err := value.Arith(do, l.num, r.num)
	if err != nil {
		return nil
	}
	if _, f, kind := value.Read(v); kind == value.Real && (f == 0 || math.IsNaN(f)) {
		return nil
	}
	return &literal{kind: litNumber, num: v}
}

func foldUnary(op operator, e *literal) *literal {
	if op != opNot {
		return foldBinary(op, e, e)
	}
	if e.kind == litNil || e.kind == litFalse {
		return &literal{kind: litTrue}
	}
	return &literal{kind: litFalse}
}
