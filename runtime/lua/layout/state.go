//go:build !purego

package layout

import (
	"context"
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Own tells whether threads have frames and registers of devnode's own, beside
// those of gopher-lua (the build tag purego).
const Own = false

// offsets are where things are in gopher-lua's types.
type offsets struct {
	stack   uintptr // of LState.stack, an interface that holds a *CallStack
	reg     uintptr // of LState.reg, a pointer to what Registers mirrors
	noErr   uintptr // of LState.hasErrorFunc
	current uintptr // of LState.currentFrame
	loop    uintptr // of LState.mainLoop
	open    uintptr // of LState.uvcache, the open upvalues
	basic   uintptr // of Global.builtinMts, the metatables of basic types
}

var at, mismatch = findOffsets()

// Attach gives a thread the context that its code runs in.
func Attach(L *lua.LState, ctx context.Context) { L.SetContext(ctx) }

// ContextOf is the context that was attached.
func ContextOf(L *lua.LState) context.Context { return L.Context() }

// CurrentFrame is where a thread has the frame that runs.
func CurrentFrame(L *lua.LState) **Frame {
	return (**Frame)(unsafe.Add(unsafe.Pointer(L), at.current))
}

// RegistersOf are the registers of a thread.
func RegistersOf(L *lua.LState) *Registers {
	return *(**Registers)(unsafe.Add(unsafe.Pointer(L), at.reg))
}

// StackOf is the call stack of a thread, which was made with MinimizeStackMemory.
func StackOf(L *lua.LState) *CallStack {
	return (*CallStack)((*[2]unsafe.Pointer)(unsafe.Add(unsafe.Pointer(L), at.stack))[1])
}

// OpenUpvalues is where a thread has the list of its captured locals that are still
// in registers, in the order of these.
func OpenUpvalues(L *lua.LState) **Upvalue {
	return (**Upvalue)(unsafe.Add(unsafe.Pointer(L), at.open))
}

// KeepUpvalues has errors leave the captured locals of a thread's frames open.
func KeepUpvalues(L *lua.LState) {
	*(*bool)(unsafe.Add(unsafe.Pointer(L), at.noErr)) = true
}

// Loop runs the frame that was pushed on a thread by a call from Go, until it has
// returned.
type Loop func(L *lua.LState, base *Frame)

// LoopOf is where a thread has its loop. LState.SetContext gives it gopher-lua's.
func LoopOf(L *lua.LState) *Loop {
	return (*Loop)(unsafe.Add(unsafe.Pointer(L), at.loop))
}

// NewGlobal makes what the threads of a machine share. gopher-lua makes it as a part
// of a whole state, which is a hundred times the work.
func NewGlobal() *lua.Global {
	G := &lua.Global{}
	*(*map[int]lua.LValue)(unsafe.Add(unsafe.Pointer(G), at.basic)) = make(map[int]lua.LValue)
	return G
}

// Upvalue is a captured local, lua.Upvalue.
type Upvalue struct {
	Next   *Upvalue
	reg    *Registers
	Index  int
	value  lua.LValue
	closed bool
}

// Cell is the variable as gopher-lua has it.
func (uv *Upvalue) Cell() *lua.Upvalue { return (*lua.Upvalue)(unsafe.Pointer(uv)) }

func mirrorOf(uv *lua.Upvalue) *Upvalue { return (*Upvalue)(unsafe.Pointer(uv)) }

// newOpen makes a captured local whose value is in a register of L.
func newOpen(L *lua.LState, index int) *Upvalue {
	return &Upvalue{reg: RegistersOf(L), Index: index}
}

// Relink is to be called when the indexes of open upvalues were changed.
func Relink(*lua.LState) {}

// ShareCell makes two captured variables one: what is assigned to either shows in
// both. It keeps the value of the first. Both must be closed, or shared already;
// whoever runs code that uses them must not run the one beside the other.
func ShareCell(first, second *lua.Upvalue) bool {
	if first == second {
		return true
	}
	a, b := mirrorOf(first), mirrorOf(second)
	if a.closed || a.reg == nil {
		room := (*Registers)(reflect.New(registryType()).UnsafePointer()) // which has more fields
		room.Array, room.Top = []lua.LValue{first.Value()}, 1
		a.reg, a.Index, a.value, a.closed = room, 0, nil, false
	}
	b.reg, b.Index, b.value, b.closed = a.reg, a.Index, nil, false
	return true
}

// registryType is gopher-lua's type of a thread's registers.
func registryType() reflect.Type {
	reg, _ := reflect.TypeFor[lua.LState]().FieldByName("reg")
	return reg.Type.Elem()
}

// Close gives a captured local a value of its own.
func (uv *Upvalue) Close() { uv.Cell().Close() }
