package syntax

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"devnode/runtime/bytecode"
)

// The machine's own concatenation shows fractions with up to 17 digits, and
// infinity as +Inf, where C Lua shows 14 and inf. So it is used where no operand
// can be such a number, and a helper everywhere else.

var concatHelper = helper(concat)

// showsAlike reports whether the machine shows the value of e as C Lua does.
func showsAlike(e ast.Expr) bool {
	switch e := e.(type) {
	case *literal:
		return e.kind != litNumber || isIntegral(e)
	case *concatExpr:
		return true
	}
	return isIntegral(e)
}

func (f *funcGen) concatTo(e *concatExpr, r int) {
	for _, part := range e.parts {
		if !showsAlike(part) {
			f.callHelper(concatHelper, r, e.Line(), e.parts...)
			return
		}
	}
	if f.isTop(r) {
		f.free = r
	}
	base := f.free
	for _, part := range e.parts {
		f.push(part)
	}
	f.emitABC(lua.OP_CONCAT, r, base, f.free-1, e.Line())
}

func concat(L *lua.LState) int {
	n := L.GetTop()
	size := 0
	for i := 1; i <= n; i++ {
		switch v := L.Get(i).(type) {
		case lua.LString:
			size += len(v)
		case lua.LNumber:
			size += 24
		default:
			return concatObjects(L, n)
		}
	}
	checkSize(L, size)
	var small [96]byte
	b := small[:0]
	if size > len(small) {
		b = make([]byte, 0, size)
	}
	m, _ := L.Context().(maker)
	for i := 1; i <= n; i++ {
		v := L.Get(i)
		if s, ok := v.(lua.LString); ok && len(s) > pieceSize && m != nil {
			b = appendPieces(b, string(s), m)
		} else {
			b = appendText(b, v)
		}
	}
	if size > len(small) {
		L.Push(lua.LString(unsafe.String(unsafe.SliceData(b), len(b)))) // b is not used again
	} else {
		L.Push(lua.LString(b))
	}
	return 1
}

// maxConcat bounds the string that one concatenation makes: a loop that doubles
// a string would use up the memory of the process within a few turns.
const maxConcat = 256 << 20

func checkSize(L *lua.LState, size int) {
	if size > maxConcat {
		L.RaiseError("resulting string too large")
	}
	if size >= manyBytes {
		if m, ok := L.Context().(maker); ok {
			m.Making(size)
		}
	}
}

// manyBytes is from when on a string is announced to the context.
const manyBytes = 64 << 10

// maker is a context that wants to know of large strings before they are made,
// and to be asked whether to go on meanwhile. Both may raise an error.
type maker interface {
	Making(bytes int)
	Poll()
}

// pieceSize is how much is copied between two calls of Poll.
const pieceSize = 256 << 10

func appendPieces(b []byte, s string, m maker) []byte {
	for len(s) > pieceSize {
		b = append(b, s[:pieceSize]...)
		s = s[pieceSize:]
		m.Poll()
	}
	return append(b, s...)
}

func appendText(b []byte, v lua.LValue) []byte {
	if n, ok := v.(lua.LNumber); ok {
		return AppendNumber(b, n)
	}
	return append(b, v.(lua.LString)...)
}

// concatObjects joins the arguments from the right, as there are some that are
// neither strings nor numbers.
func concatObjects(L *lua.LState, n int) int {
	rhs := L.Get(n)
	original := true // rhs is still an argument
	for i := n - 1; i > 0; i-- {
		lhs := L.Get(i)
		switch {
		case lua.LVCanConvToString(lhs) && lua.LVCanConvToString(rhs):
			b := appendText(appendText(nil, lhs), rhs)
			checkSize(L, len(b))
			rhs = lua.LString(b)
		case metaBinary(L, "__concat", lhs, rhs):
			rhs = L.Get(-1)
			L.Pop(1)
		default:
			L.RaiseError("%s", concatFault(L, lhs, rhs, i, original))
		}
		original = false
	}
	L.Push(rhs)
	return 1
}

// concatFault blames the left operand, argument i, unless it is a string or a
// number.
func concatFault(L *lua.LState, lhs, rhs lua.LValue, i int, original bool) string {
	in := callerInspector(L)
	base := bytecode.A(in.p.Code[in.pc])
	switch {
	case !lua.LVCanConvToString(lhs):
		return typeFault("concatenate", TypeName(L, lhs), in.variable(base+i))
	case original:
		return typeFault("concatenate", TypeName(L, rhs), in.variable(base+i+1))
	}
	return typeFault("concatenate", TypeName(L, rhs), "")
}
