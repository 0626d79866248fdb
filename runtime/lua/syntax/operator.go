package syntax

// An operator is a unary or binary operator, except `and`, `or` and `..`,
// which have nodes of their own.
type operator uint8

const (
	opNone operator = iota
	opAdd
	opSub
	opMul
	opMod
	opPow
	opDiv
	opIDiv
	opBAnd
	opBOr
	opBXor
	opShl
	opShr
	opEq
	opNe
	opLt
	opLe
	opGt
	opGe
	opConcat // in the parser only
	opAnd    // in the parser only
	opOr     // in the parser only
	opUnm
	opBNot
	opNot
	opLen
)

// unaryPriority binds tighter than all binary operators but '^'.
const unaryPriority = 12

// priority holds the left and right binding powers of the binary operators.
var priority = [...]struct{ left, right uint8 }{
	opAdd: {10, 10}, opSub: {10, 10},
	opMul: {11, 11}, opMod: {11, 11}, opDiv: {11, 11}, opIDiv: {11, 11},
	opPow:  {14, 13},
	opBAnd: {6, 6}, opBOr: {4, 4}, opBXor: {5, 5},
	opShl: {7, 7}, opShr: {7, 7},
	opConcat: {9, 8},
	opEq:     {3, 3}, opNe: {3, 3}, opLt: {3, 3}, opLe: {3, 3}, opGt: {3, 3}, opGe: {3, 3},
	opAnd: {2, 2}, opOr: {1, 1},
}

func binaryOperator(k tokenKind) operator {
	switch k {
	case '+':
		return opAdd
	case '-':
		return opSub
	case '*':
		return opMul
	case '%':
		return opMod
	case '^':
		return opPow
	case '/':
		return opDiv
	case tkIDiv:
		return opIDiv
	case '&':
		return opBAnd
	case '|':
		return opBOr
	case '~':
		return opBXor
	case tkShl:
		return opShl
	case tkShr:
		return opShr
	case tkConcat:
		return opConcat
	case tkEq:
		return opEq
	case tkNe:
		return opNe
	case '<':
		return opLt
	case tkLe:
		return opLe
	case '>':
		return opGt
	case tkGe:
		return opGe
	case tkAnd:
		return opAnd
	case tkOr:
		return opOr
	}
	return opNone
}

func unaryOperator(k tokenKind) operator {
	switch k {
	case tkNot:
		return opNot
	case '-':
		return opUnm
	case '~':
		return opBNot
	case '#':
		return opLen
	}
	return opNone
}

func (op operator) isComparison() bool { return op >= opEq && op <= opGe }
