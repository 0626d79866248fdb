package library

import (
	"errors"
	"iter"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/attach"
	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/vm"
)

// Call is one call of a Function. It is valid until that returns.
type Call struct {
	state *lua.LState
	node  attach.Node
	args  int
	nils  int // up to which argument those that are missing count as nil
}

// Return adds results, in order. A Function that doesn't call it returns nothing.
func (c Call) Return(values ...Value) {
	for _, v := range values {
		if s, ok := v.v.(lua.LString); ok && len(s) >= vm.ManyBytes {
			vm.Of(c.state).Making(len(s))
		}
		c.state.Push(v.lua())
	}
}

// Fail returns what Lua's own library does where something went wrong outside of the
// program: nil and the reason.
func (c Call) Fail(reason string) { c.Return(Nil, String(reason)) }

// Raise raises an error, with the position of the caller before the text. It doesn't
// return.
func (c Call) Raise(format string, args ...any) { stdlib.Fail(c.state, format, args...) }

// Position is where the innermost Lua function is at: "file.lua:12: ", or nothing.
func (c Call) Position() string { return vm.Of(c.state).Caller() }

// RaiseValue raises a value as it is. It doesn't return.
func (c Call) RaiseValue(v Value) { vm.Throw(c.state, v.lua()) }

// Apply calls a Lua function, or what can be called like one, and returns its results.
// An error in it goes on through the caller; the function may wait.
func (c Call) Apply(fn Value, args ...Value) []Value {
	L := c.state
	if _, ok := fn.v.(*lua.LFunction); !ok && !c.Callable(fn) {
		c.RaiseValue(String("attempt to call a " + fn.Type() + " value"))
	}
	top := L.GetTop()
	L.Push(fn.lua())
	for _, v := range args {
		L.Push(v.lua())
	}
	vm.Call(L, len(args), lua.MultRet)
	results := make([]Value, L.GetTop()-top)
	for i := range results {
		results[i] = Value{L.Get(top + 1 + i)}
	}
	L.SetTop(top)
	return results
}

// TryApply is Apply, but what the function raises is returned, as an error whose text
// is that of the error object.
func (c Call) TryApply(fn Value, args ...Value) ([]Value, error) {
	given := make([]lua.LValue, len(args))
	for i, v := range args {
		given[i] = v.lua()
	}
	out, failure := vm.Of(c.state).Protect(fn.lua(), given...)
	if failure != nil {
		return nil, errors.New(failure.Text())
	}
	results := make([]Value, len(out))
	for i, v := range out {
		results[i] = Value{v}
	}
	return results, nil
}

// Poll is for a Function that computes for long: called every few thousand steps, it
// lets the service be ended, or interrupted, meanwhile. It may not return.
func (c Call) Poll() { vm.Of(c.state).Poll() }

// pieceSize is how long the pieces of a text are (Pieces): of 6 and 8 bytes a multiple.
const pieceSize = 192 << 10

// Pieces is a text in pieces, with a Poll between two: for a Function that a long text
// takes long. All but the last one are of a length that 24 divides.
func (c Call) Pieces(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for len(text) > pieceSize {
			if !yield(text[:pieceSize]) {
				return
			}
			text = text[pieceSize:]
			c.Poll()
		}
		yield(text)
	}
}

// CopyText is a copy of a text, made in pieces: of what is cut out of a long text, which would
// live as long as the copy did.
func (c Call) CopyText(text string) string {
	if len(text) < pieceSize {
		return strings.Clone(text)
	}
	vm.Of(c.state).Making(len(text))
	var b strings.Builder
	b.Grow(len(text))
	for piece := range c.Pieces(text) {
		b.WriteString(piece)
	}
	return b.String()
}

// Result returns what C Lua's io and os return: true, or where there is an error nil,
// its text and its number.
func (c Call) Result(err error) {
	if err == nil {
		c.Return(Bool(true))
		return
	}
	text, number := SystemError(err)
	c.Return(Nil, String(text), Int(int64(number)))
}

// SystemError is an error of the system's in C's words, and its number: "No such file
// or directory", 2.
func SystemError(err error) (text string, number int) { return stdlib.ErrorText(err) }
