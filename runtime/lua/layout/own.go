//go:build purego

package layout

import (
	"context"

	lua "github.com/yuin/gopher-lua"
)

// Own tells whether threads have frames and registers of devnode's own, beside
// those of gopher-lua (the build tag purego). gopher-lua's hold the arguments and
// results of Go functions then, and no Lua function.
const Own = true

// Check has nothing to look at: there are no assumptions.
func Check() error { return nil }

// Registers are the values of a thread. Those from Top on are not in use.
type Registers struct {
	Array  []lua.LValue
	Top    int
	GrowBy int
	Cells  []*lua.Upvalue // the captured locals, in whose registers nothing is
}

// Frames and registers of a new thread.
const (
	segments  = 96
	registers = 96
)

// threadContext is the context of a thread, by which its own frames are found.
type threadContext struct {
	context.Context
	registers Registers
	stack     CallStack
	current   *Frame
	open      *Upvalue
	loop      Loop
}

// Attach gives a thread the context that its code runs in, and frames.
func Attach(L *lua.LState, ctx context.Context) {
	t := &threadContext{Context: ctx}
	t.registers.Array = make([]lua.LValue, registers)
	t.stack.Segments = make([]*Segment, segments)
	t.stack.Segments[0] = new(Segment)
	L.SetContext(t)
}

// ContextOf is the context that was attached.
func ContextOf(L *lua.LState) context.Context {
	if t, ok := L.Context().(*threadContext); ok {
		return t.Context
	}
	return L.Context()
}

func threadOf(L *lua.LState) *threadContext {
	if t, ok := L.Context().(*threadContext); ok {
		return t
	}
	none := &threadContext{}
	none.stack.Segments = []*Segment{new(Segment)}
	return none
}

// CurrentFrame is where a thread has the frame that runs.
func CurrentFrame(L *lua.LState) **Frame { return &threadOf(L).current }

// RegistersOf are the registers of a thread.
func RegistersOf(L *lua.LState) *Registers { return &threadOf(L).registers }

// StackOf is the call stack of a thread.
func StackOf(L *lua.LState) *CallStack { return &threadOf(L).stack }

// OpenUpvalues is where a thread has the list of its captured locals, in the order
// of their registers.
func OpenUpvalues(L *lua.LState) **Upvalue { return &threadOf(L).open }

// KeepUpvalues has nothing to do: gopher-lua knows no captured local.
func KeepUpvalues(*lua.LState) {}

// Loop runs the frame that was pushed on a thread by a call from Go, until it has
// returned.
type Loop func(L *lua.LState, base *Frame)

// LoopOf is where a thread has its loop.
func LoopOf(L *lua.LState) *Loop { return &threadOf(L).loop }

// NewGlobal makes what the threads of a machine share.
func NewGlobal() *lua.Global {
	L := lua.NewState(lua.Options{SkipOpenLibs: true, RegistrySize: 128, CallStackSize: 1, MinimizeStackMemory: true})
	return L.G
}

// Upvalue is a captured local.
type Upvalue struct {
	Next  *Upvalue
	Index int
	cell  *lua.Upvalue
	in    *threadContext
}

// Cell is the variable as functions have it.
func (uv *Upvalue) Cell() *lua.Upvalue { return uv.cell }

// Close leaves the variable to the functions that have captured it.
func (uv *Upvalue) Close() {
	rg := &uv.in.registers
	rg.Array[uv.Index] = uv.cell.Value()
	rg.Cells[uv.Index] = nil
}

// newOpen makes a captured local of what is in a register of L.
func newOpen(L *lua.LState, index int) *Upvalue {
	t := threadOf(L)
	uv := &Upvalue{Index: index, cell: &lua.Upvalue{}, in: t}
	uv.cell.Close()
	uv.cell.SetValue(t.registers.Array[index])
	t.link(uv)
	return uv
}

func (t *threadContext) link(uv *Upvalue) {
	rg := &t.registers
	if uv.Index >= len(rg.Cells) {
		rg.Cells = append(rg.Cells, make([]*lua.Upvalue, uv.Index+registers-len(rg.Cells))...)
	}
	rg.Cells[uv.Index] = uv.cell
}

// Relink is to be called when the indexes of open upvalues were changed.
func Relink(L *lua.LState) {
	t := threadOf(L)
	clear(t.registers.Cells)
	for uv := t.open; uv != nil; uv = uv.Next {
		t.link(uv)
	}
}

// ShareCell makes two captured variables one, which can't be done here.
func ShareCell(first, second *lua.Upvalue) bool { return first == second }

// Get is the value of a register, or of the captured local that it is.
func (rg *Registers) Get(i int) lua.LValue {
	if i < len(rg.Cells) && rg.Cells[i] != nil {
		return rg.Cells[i].Value()
	}
	return rg.Array[i]
}
