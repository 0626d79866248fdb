package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/value"
)

// Arithmetic in the loop. Nearly all numbers are LNumbers, and most of these are
// integers: the sum of two is computed as doubles are, and is right where both
// are integers whose sum a double holds, or where the sum is a fraction. All else
// goes to package value.

// half bounds the integers whose sum is within ±2^53 for certain.
const half = value.MaxExact / 2

// bothInts tells whether x and y are integers within ±half, and which.
func bothInts(x, y lua.LNumber) (i, j int64, ok bool) {
	i, j = int64(x), int64(y)
	return i, j, lua.LNumber(i) == x && lua.LNumber(j) == y && uint64(i+half)|uint64(j+half) < 2*half
}

// exact is an integer that the double r holds.
func (b *Boxer) exact(i int64, r lua.LNumber) lua.LValue {
	if uint64(i) < smallNumbers {
		return boxed[i]
	}
	return b.box(r)
}

// add is x + y where not both are integers within ±half, which the loop adds by
// itself; or nil where the result takes more to find out.
func (b *Boxer) add(x, y lua.LNumber) lua.LValue {
	r := x + y
	if lua.LNumber(int64(r)) != r { // it is a fraction, or larger than a sum of integers
		return b.box(r)
	}
	return nil
}

// sub is x - y, as add.
func (b *Boxer) sub(x, y lua.LNumber) lua.LValue {
	r := x - y
	if lua.LNumber(int64(r)) != r {
		return b.box(r)
	}
	return nil
}

// mul is x * y, as add.
func (b *Boxer) mul(x, y lua.LNumber) lua.LValue {
	r := x * y
	k := int64(r)
	if _, _, ok := bothInts(x, y); ok && uint64(k+half) < 2*half {
		return b.exact(k, r)
	}
	if r < value.MaxExact && r > -value.MaxExact && lua.LNumber(k) != r {
		return b.box(r)
	}
	return nil
}

// mod is x % y, as add.
func (b *Boxer) mod(x, y lua.LNumber) lua.LValue {
	if i, j, ok := bothInts(x, y); ok && j != 0 {
		return b.Int(value.FloorMod(i, j))
	}
	return nil
}

// arith computes with numbers of any kinds; v is nil where the operands are no
// numbers, or the result is an error.
func (b *Boxer) arith(op int, x, y lua.LValue) lua.LValue {
	i, f, k := value.Read(x)
	j, g, l := value.Read(y)
	if k == value.NoNumber || l == value.NoNumber {
		return nil
	}
	if k == value.Integer && l == value.Integer {
		if v := b.ints2(op, i, j); v != nil {
			return v
		}
	}
	switch op {
	case lua.OP_ADD:
		return b.Float(f + g)
	case lua.OP_SUB:
		return b.Float(f - g)
	case lua.OP_MUL:
		return b.Float(f * g)
	case lua.OP_DIV:
		return b.Float(f / g)
	}
	v, err := value.Arith(operators[op], x, y)
	if err != nil {
		return nil
	}
	return v
}

// ints2 computes with integers what has an integer as its result, nil if it is
// not for it to do.
func (b *Boxer) ints2(op int, i, j int64) lua.LValue {
	switch op {
	case lua.OP_ADD:
		return b.Int(i + j)
	case lua.OP_SUB:
		return b.Int(i - j)
	case lua.OP_MUL:
		return b.Int(i * j)
	case bytecode.OpBAnd:
		return b.Int(i & j)
	case bytecode.OpBOr:
		return b.Int(i | j)
	case bytecode.OpBXor:
		return b.Int(i ^ j)
	case bytecode.OpShl, bytecode.OpShr, bytecode.OpBNot:
		return b.Int(value.Bitwise(operators[op], i, j))
	case bytecode.OpIDiv:
		if j != 0 {
			return b.Int(value.FloorDiv(i, j))
		}
	case lua.OP_MOD:
		if j != 0 {
			return b.Int(value.FloorMod(i, j))
		}
	}
	return nil
}

// operators are the instructions that compute, as package value calls them.
var operators = [bytecode.Opcodes]value.Op{
	lua.OP_ADD: value.Add, lua.OP_SUB: value.Sub, lua.OP_MUL: value.Mul, lua.OP_DIV: value.Div,
	lua.OP_MOD: value.Mod, lua.OP_POW: value.Pow, lua.OP_UNM: value.Unm, bytecode.OpIDiv: value.IDiv,
	bytecode.OpBAnd: value.BAnd, bytecode.OpBOr: value.BOr, bytecode.OpBXor: value.BXor,
	bytecode.OpShl: value.Shl, bytecode.OpShr: value.Shr, bytecode.OpBNot: value.BNot,
}
