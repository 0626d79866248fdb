package syntax

import (
	"math"

	"github.com/yuin/gopher-lua/ast"
)

// isMulti reports whether e can have any number of values.
func isMulti(e ast.Expr) bool {
	switch e.(type) {
	case *callExpr, *varargExpr:
		return true
	}
	return false
}

// isIntegral reports whether e, if it is a number at all, is a whole one.
func isIntegral(e ast.Expr) bool {
	switch e := e.(type) {
	case *literal:
		return e.kind == litNumber && e.num == math.Trunc(e.num) && math.Abs(e.num) < 1<<52
	case *localExpr:
		return e.v.integral && !e.v.assigned
	case *upvalueExpr:
		return e.v.integral && !e.v.assigned
	case *unaryExpr:
		return e.op == opLen || e.op == opUnm && isIntegral(e.e)
	case *binaryExpr:
		return (e.op == opAdd || e.op == opSub) && isIntegral(e.lhs) && isIntegral(e.rhs)
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

// foldBinary computes an operation on two numerals, or returns nil where that
// is left to run time: for operands that raise an error, and for the results
// NaN and zero, whose sign would be lost among the constants.
func foldBinary(op operator, l, r *literal) *literal {
	if l.kind != litNumber || r.kind != litNumber {
		return nil
	}
	a, b := l.num, r.num
	var v float64
	isInt := l.isInt && r.isInt
	switch op {
	case opAdd:
		v = a + b
	case opSub:
		v = a - b
	case opMul:
		v = a * b
	case opDiv:
		v, isInt = a/b, false
	case opPow:
		v, isInt = math.Pow(a, b), false
	case opIDiv:
		if b == 0 && isInt {
			return nil
		}
		v = floorDiv(a, b)
	case opMod:
		if b == 0 {
			return nil
		}
		v = floorMod(a, b)
	case opBAnd, opBOr, opBXor, opShl, opShr:
		x, okx := toInteger(a)
		y, oky := toInteger(b)
		if !okx || !oky {
			return nil
		}
		v = float64(bitwise(op, x, y))
	default:
		return nil
	}
	if v == 0 && !isInt || math.IsNaN(v) {
		return nil
	}
	if v == 0 {
		v = 0 // an integer zero has no sign
	}
	return &literal{kind: litNumber, num: v, isInt: isInt}
}

func foldUnary(op operator, e *literal) *literal {
	switch op {
	case opNot:
		if e.kind == litNil || e.kind == litFalse {
			return &literal{kind: litTrue}
		}
		return &literal{kind: litFalse}
	case opUnm:
		if e.kind != litNumber || e.num == 0 && !e.isInt {
			return nil
		}
		if e.num == 0 {
			return &literal{kind: litNumber, isInt: true}
		}
		return &literal{kind: litNumber, num: -e.num, isInt: e.isInt}
	case opBNot:
		if e.kind == litNumber {
			if x, ok := toInteger(e.num); ok {
				return &literal{kind: litNumber, num: float64(^x), isInt: true}
			}
		}
	}
	return nil
}
