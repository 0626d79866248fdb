package vm

import (
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// Code reads the same fields of tables that are made alike again and again. Behind
// the instructions of a function, in the capacity of the slice, there is a word for
// each of them, where the loop keeps a hint (value.Table.Hinted). All services that
// run the code share it: it is read and written as a whole.

// hint is the word of the instruction at pc, 0 where the code was made by others
// than package syntax.
func hint(code []uint32, pc int) uint32 {
	if at := len(code) + pc; at < cap(code) {
		return atomic.LoadUint32(&code[: at+1 : at+1][at])
	}
	return 0
}

// learn keeps a hint, where that is another one than was. Code that meets tables of
// many kinds would only write then: of its hints one in eight is kept.
func (f *Fiber) learn(code []uint32, pc int, was, is uint32) {
	if at := len(code) + pc; is != was && is != 0 && (was == 0 || f.ticks&7 == 0) && at < cap(code) {
		atomic.StoreUint32(&code[: at+1 : at+1][at], is)
	}
}

// getField is getString for the instruction at pc.
func (f *Fiber) getField(t, key lua.LValue, code []uint32, pc int) lua.LValue {
	name, ok := key.(lua.LString)
	if !ok {
		return nil
	}
	was := hint(code, pc)
	for range maxIndexChain {
		tb, ok := t.(*value.Table)
		if !ok {
			return nil
		}
		if v, is := tb.NameHint(string(name), was); v != nil {
			f.learn(code, pc, was, is)
			return v
		}
		meta := tb.Metatable()
		if meta == nil {
			return lua.LNil
		}
		if t = meta.MetaIndex(); t == nil {
			return lua.LNil
		}
	}
	return nil
}

// setField is setString for the instruction at pc.
func (f *Fiber) setField(t, key, v lua.LValue, code []uint32, pc int) bool {
	name, ok1 := key.(lua.LString)
	tb, ok2 := t.(*value.Table)
	if !ok1 || !ok2 {
		return false
	}
	if ok, is := tb.SetNameHint(string(name), v); ok {
		f.learn(code, pc, hint(code, pc), is)
		return true
	}
	if tb.Metatable() != nil || tb.Frozen() {
		return false
	}
	tb.RawSet(key, v)
	return true
}
