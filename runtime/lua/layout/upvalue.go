package layout

import lua "github.com/yuin/gopher-lua"

// Capture is the variable of a local in a register of L that a function captures:
// one for all functions that do.
func Capture(L *lua.LState, index int) *lua.Upvalue {
	at := OpenUpvalues(L)
	for *at != nil && (*at).Index < index {
		at = &(*at).Next
	}
	if uv := *at; uv != nil && uv.Index == index {
		return uv.Cell()
	}
	uv := newOpen(L, index)
	uv.Next, *at = *at, uv
	return uv.Cell()
}

// CloseUpvalues gives the captured locals in the registers from index on values of
// their own.
func CloseUpvalues(L *lua.LState, index int) {
	at := OpenUpvalues(L)
	for *at != nil && (*at).Index < index {
		at = &(*at).Next
	}
	uv := *at
	*at = nil
	for uv != nil {
		uv.Close()
		uv, uv.Next = uv.Next, nil
	}
}
