package vm

import (
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// cell mirrors lua.Upvalue: a variable that functions have captured. While it is
// open, its value is in a register of the thread that declares it.
type cell struct {
	next   *lua.Upvalue
	reg    unsafe.Pointer // *registry
	index  int
	value  lua.LValue
	closed bool
}

// cellsKnown tells whether it does, and a registry is as findLayout found it.
var cellsKnown = registers.ok && sameCell(reflect.TypeFor[lua.Upvalue]())

func sameCell(got reflect.Type) bool {
	want := reflect.TypeFor[cell]()
	if got.NumField() != want.NumField() || got.Size() != want.Size() {
		return false
	}
	for i := range want.NumField() {
		w, g := want.Field(i), got.Field(i)
		if w.Name != g.Name || w.Offset != g.Offset || w.Type.Size() != g.Type.Size() {
			return false
		}
	}
	return true
}

// ShareCell makes two captured variables one: what is assigned to either shows in
// both. It keeps the value of the first. Both must be closed, or shared already;
// whoever runs code that uses them must not run the one beside the other. It is
// false where that can't be done, and then does nothing.
func ShareCell(first, second *lua.Upvalue) bool {
	if !cellsKnown || first == second {
		return first == second
	}
	a, b := (*cell)(unsafe.Pointer(first)), (*cell)(unsafe.Pointer(second))
	if a.closed || a.reg == nil {
		room := reflect.New(registryType)
		*(*[]lua.LValue)(unsafe.Add(room.UnsafePointer(), registers.array)) = []lua.LValue{first.Value()}
		*(*int)(unsafe.Add(room.UnsafePointer(), registers.top)) = 1
		a.reg, a.index, a.value, a.closed = room.UnsafePointer(), 0, nil, false
	}
	b.reg, b.index, b.value, b.closed = a.reg, a.index, nil, false
	return true
}

// registryType is gopher-lua's type of a thread's registers.
var registryType = func() reflect.Type {
	reg, ok := reflect.TypeFor[lua.LState]().FieldByName("reg")
	if !ok || reg.Type.Kind() != reflect.Pointer {
		return nil
	}
	return reg.Type.Elem()
}()
