package syntax

import (
	"fmt"
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// gopher-lua keeps two things to itself that this package can't do without: the
// strings among a prototype's constants, which its instructions for fields and
// globals read, and the registers and program counter of a frame. They are
// reached by their offsets, which are taken from the types as compiled in; a
// version of gopher-lua that lacks one of the fields, or has it with another
// type, fails at the start and not by reading something else.
var (
	offStrings = offset(reflect.TypeFor[lua.FunctionProto](), "stringConstants", reflect.TypeFor[[]string]())
	frameType  = fieldOf(reflect.TypeFor[lua.Debug](), "frame").Type.Elem()
	offFrame   = fieldOf(reflect.TypeFor[lua.Debug](), "frame").Offset
	offFn      = offset(frameType, "Fn", reflect.TypeFor[*lua.LFunction]())
	offParent  = offset(frameType, "Parent", reflect.PointerTo(frameType))
	offPc      = offset(frameType, "Pc", reflect.TypeFor[int]())
)

func fieldOf(t reflect.Type, name string) reflect.StructField {
	f, ok := t.FieldByName(name)
	if !ok {
		panic(fmt.Sprintf("syntax: gopher-lua's %v has no field %s", t, name))
	}
	return f
}

func offset(t reflect.Type, name string, want reflect.Type) uintptr {
	f := fieldOf(t, name)
	if f.Type != want {
		panic(fmt.Sprintf("syntax: gopher-lua's %v.%s is %v, not %v", t, name, f.Type, want))
	}
	return f.Offset
}

// setStringConstants gives p the strings among its constants.
func setStringConstants(p *lua.FunctionProto) {
	n := 0
	for i, v := range p.Constants {
		if _, ok := v.(lua.LString); ok {
			n = i + 1
		}
	}
	if n == 0 {
		return
	}
	strs := make([]string, n)
	for i, v := range p.Constants[:n] {
		if s, ok := v.(lua.LString); ok {
			strs[i] = string(s)
		}
	}
	*(*[]string)(unsafe.Add(unsafe.Pointer(p), offStrings)) = strs
}

// A frame is one active call of a state. It is only valid while the call is.
type frame struct{ p unsafe.Pointer }

func framePointer(d *lua.Debug) *unsafe.Pointer {
	return (*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(d), offFrame))
}

// topFrame is the innermost call of L, or none.
func topFrame(L *lua.LState) frame {
	d, ok := L.GetStack(0)
	if !ok {
		return frame{}
	}
	return frame{*framePointer(d)}
}

func (fr frame) valid() bool { return fr.p != nil }

func (fr frame) fn() *lua.LFunction { return *(**lua.LFunction)(unsafe.Add(fr.p, offFn)) }

// caller is the frame that fr was called from.
func (fr frame) caller() frame { return frame{*(*unsafe.Pointer)(unsafe.Add(fr.p, offParent))} }

// pc is the index of the instruction that the frame is executing.
func (fr frame) pc() int { return *(*int)(unsafe.Add(fr.p, offPc)) - 1 }

// register reads register r of a frame of L.
func (fr frame) register(L *lua.LState, r int) lua.LValue {
	d := &lua.Debug{}
	*framePointer(d) = fr.p
	_, v := L.GetLocal(d, r+1)
	return v
}
