package vm

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/value"
)

// A loop over numbers has its index, limit and step in three registers that
// scripts don't see. OP_FORPREP puts them into a form that tells what the loop
// runs over. Integers: the limit is an integer, in the form of an LNumber where
// it is below 2^53, and so can't be passed without notice by adding a step to a
// double. Floats: the limit is a Float, even where it isn't whole.

// forPrepOp is OP_FORPREP. Where the loop has a first turn it goes on with the
// body, behind it, and otherwise behind OP_FORLOOP, to which it points.
func forPrepOp(L *lua.LState, inst uint32, _ *frame) int {
	cf := currentFrame(L)
	a := bytecode.A(inst)
	init, limit, step := operand(L, cf, a), operand(L, cf, a+1), operand(L, cf, a+2)
	i, _, k1 := value.Read(init)
	s, _, k2 := value.Read(step)
	runs := false
	if k1 == value.Integer && k2 == value.Integer {
		if s == 0 {
			L.RaiseError("'for' step is zero")
		}
		var last int64
		if last, runs = lastInteger(L, limit, i, s); runs {
			setRegister(L, a+1, limitOf(last))
		}
	} else {
		x, last, by := loopFloats(L, init, limit, step)
		if runs = !(by > 0 && last < x) && (by > 0 || !(x < last)); runs {
			init = value.OfFloat(x)
			setRegister(L, a, init)
			setRegister(L, a+1, value.Float(last))
			setRegister(L, a+2, value.OfFloat(by))
		}
	}
	if !runs {
		cf.Pc += bytecode.SBx(inst) + 1
		return 0
	}
	setRegister(L, a+3, init)
	return 0
}

// limitOf is the limit of a loop over integers.
func limitOf(i int64) lua.LValue {
	if i < value.MaxExact && i > -value.MaxExact {
		return lua.LNumber(i)
	}
	return value.Int(i)
}

// lastInteger is the last integer that a loop from i on may reach, and whether it
// has a turn at all.
func lastInteger(L *lua.LState, limit lua.LValue, i, step int64) (last int64, runs bool) {
	limit = numeral(limit)
	last, f, kind := value.Read(limit)
	switch kind {
	case value.NoNumber:
		L.RaiseError("for statement limit must be a number")
	case value.Real:
		whole := math.Floor(f)
		if step < 0 {
			whole = math.Ceil(f)
		}
		var ok bool
		switch last, ok = value.FloatToInt(whole); {
		case ok:
		case f > 0 && step < 0, !(f > 0) && step > 0:
			return 0, false
		case f > 0:
			last = math.MaxInt64
		default:
			last = math.MinInt64
		}
	}
	if step > 0 {
		return last, i <= last
	}
	return last, i >= last
}

// loopFloats are the numbers of a loop over floats.
func loopFloats(L *lua.LState, init, limit, step lua.LValue) (x, last, by float64) {
	last, ok := value.ToFloat(numeral(limit))
	if !ok {
		L.RaiseError("for statement limit must be a number")
	}
	by, ok = value.ToFloat(numeral(step))
	if !ok {
		L.RaiseError("for statement step must be a number")
	}
	x, ok = value.ToFloat(numeral(init))
	if !ok {
		L.RaiseError("for statement init must be a number")
	}
	if by == 0 {
		L.RaiseError("'for' step is zero")
	}
	return x, last, by
}

// forLoop is OP_FORLOOP: r are the registers from A on. It gives the index of the
// next turn, which it puts into the first, or Go's nil at the end.
func (b *Boxer) forLoop(r []lua.LValue) lua.LValue {
	index, ok1 := r[0].(lua.LNumber)
	limit, ok2 := r[1].(lua.LNumber)
	step, ok3 := r[2].(lua.LNumber)
	if !ok1 || !ok2 || !ok3 {
		return b.otherLoop(r)
	}
	index += step
	if step > 0 && index > limit || step <= 0 && index < limit {
		return nil
	}
	r[0] = b.Number(index)
	return r[0]
}

// otherLoop is forLoop over floats, and integers beyond 2^53.
func (b *Boxer) otherLoop(r []lua.LValue) lua.LValue {
	i, f, _ := value.Read(r[0])
	s, by, _ := value.Read(r[2])
	if last, ok := r[1].(value.Float); ok {
		f += by
		if by > 0 && !(f <= float64(last)) || !(by > 0) && !(float64(last) <= f) {
			return nil
		}
		r[0] = b.Float(f)
		return r[0]
	}
	last, _, _ := value.Read(r[1])
	if s > 0 && uint64(last)-uint64(i) < uint64(s) || s <= 0 && uint64(i)-uint64(last) < -uint64(s) {
		return nil
	}
	r[0] = b.Int(i + s)
	return r[0]
}

// forLoopOp is OP_FORLOOP for a gopher-lua that the loop doesn't know, and for
// the end of a loop.
func forLoopOp(L *lua.LState, inst uint32, _ *frame) int {
	cf := currentFrame(L)
	a := bytecode.A(inst)
	r := []lua.LValue{operand(L, cf, a), operand(L, cf, a+1), operand(L, cf, a+2)}
	var b Boxer
	if v := b.forLoop(r); v != nil {
		setRegister(L, a, v)
		setRegister(L, a+3, v)
		cf.Pc += bytecode.SBx(inst)
		return 0
	}
	registryOf(L).setTop(cf.LocalBase + a + 1)
	return 0
}
