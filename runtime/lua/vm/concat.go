package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/layout"
	"devnode/runtime/lua/value"
)

// maxConcat bounds the string that one concatenation makes: a loop that doubles
// a string would use up the memory of the process within a few turns.
const maxConcat = 256 << 20

// concatOp is OP_CONCAT: it joins the values in the registers from B to C.
func concatOp(L *lua.LState, inst uint32, _ *frame) int {
	cf := currentFrame(L)
	first, last := bytecode.B(inst), bytecode.C(inst)
	size := 0
	for r := first; r <= last; r++ {
		switch v := operand(L, cf, r).(type) {
		case lua.LString:
			size += len(v)
		case lua.LNumber, value.Int, value.Float:
			size += 24
		default:
			setRegister(L, bytecode.A(inst), concatObjects(L, cf, first, last))
			return 0
		}
	}
	checkSize(L, size)
	var small [96]byte
	b := small[:0]
	if size > len(small) {
		b = make([]byte, 0, size)
	}
	for r := first; r <= last; r++ {
		v := operand(L, cf, r)
		if s, ok := v.(lua.LString); ok && len(s) > pieceSize {
			b = appendPieces(L, b, string(s))
		} else {
			b = appendText(b, v)
		}
	}
	if size > len(small) {
		setRegister(L, bytecode.A(inst), lua.LString(layout.String(b))) // b is not used again
	} else {
		setRegister(L, bytecode.A(inst), lua.LString(b))
	}
	return 0
}

func checkSize(L *lua.LState, size int) {
	if size > maxConcat {
		L.RaiseError("resulting string too large")
	}
	if size >= ManyBytes {
		if f := Of(L); f != nil {
			f.Making(size)
		}
	}
}

// pieceSize is how much is copied between two looks at the world.
const pieceSize = 256 << 10

func appendPieces(L *lua.LState, b []byte, s string) []byte {
	f := Of(L)
	for len(s) > pieceSize && f != nil {
		b = append(b, s[:pieceSize]...)
		s = s[pieceSize:]
		f.Poll()
	}
	return append(b, s...)
}

func appendText(b []byte, v lua.LValue) []byte {
	if s, ok := v.(lua.LString); ok {
		return append(b, s...)
	}
	return value.AppendText(b, v)
}

// isText tells whether a value is a string or a number.
func isText(v lua.LValue) bool { return v.Type() == lua.LTString || v.Type() == lua.LTNumber }

// concatObjects joins registers from the right, as there are some that are
// neither strings nor numbers.
func concatObjects(L *lua.LState, cf *frame, first, last int) lua.LValue {
	rhs := operand(L, cf, last)
	for r := last - 1; r >= first; r-- {
		lhs := operand(L, cf, r)
		if isText(lhs) && isText(rhs) {
			b := appendText(appendText(nil, lhs), rhs)
			checkSize(L, len(b))
			rhs = lua.LString(b)
			continue
		}
		mm := binaryMeta(L, lhs, rhs, "__concat")
		if mm == lua.LNil {
			L.RaiseError("cannot perform concat operation between %v and %v", lhs.Type(), rhs.Type())
		}
		rhs = callMeta(L, mm, "concat", lhs, rhs)
	}
	return rhs
}
