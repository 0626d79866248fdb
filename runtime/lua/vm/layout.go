package vm

import (
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// gopher-lua sizes a thread's call stack when it makes the thread: deep enough
// for C Lua's 200,000 levels would cost every thread 200 KB. devnode makes
// threads small and lets the segment list of a deep one grow in time, which
// takes two fields that gopher-lua doesn't export. layout finds them by name;
// where a version of gopher-lua names them otherwise, threads simply keep the
// depth they were made with.

const (
	frameStart  = 768     // frames a new thread has room for
	frameLimit  = 200_000 // frames at which recursion is a stack overflow
	stackMargin = 3*tickLength + 256
	deepFrames  = 2000 // beyond it the registers grow in large steps
	deepStep    = 1 << 15
)

type callStack struct { // lua.autoGrowingCallFrameStack
	segments []unsafe.Pointer
	segIdx   uint16
	segSp    uint8
}

var layout = findLayout()

type threadLayout struct {
	ok     bool
	stack  uintptr // of LState.stack, an interface that holds a *callStack
	reg    uintptr // of LState.reg, a pointer
	growBy uintptr // of registry.growBy
	noErr  uintptr // of LState.hasErrorFunc
	frame  uintptr // of LState.currentFrame
	loop   uintptr // of LState.mainLoop
	open   uintptr // of LState.uvcache, the open upvalues

	run func(L *lua.LState, base *frame) // what mainLoop is for a state with a context
}

func findLayout() (l threadLayout) {
	state := reflect.TypeFor[lua.LState]()
	stack, ok1 := state.FieldByName("stack")
	reg, ok2 := state.FieldByName("reg")
	handler, ok3 := state.FieldByName("hasErrorFunc")
	if !ok1 || !ok2 || !ok3 || stack.Type.Kind() != reflect.Interface ||
		reg.Type.Kind() != reflect.Pointer || handler.Type.Kind() != reflect.Bool {
		return l
	}
	current, ok := state.FieldByName("currentFrame")
	debug, ok4 := reflect.TypeFor[lua.Debug]().FieldByName("frame")
	if !ok || !ok4 || debug.Offset != 0 || debug.Type != current.Type || !sameFrame(current.Type) {
		return l
	}
	loop, ok := state.FieldByName("mainLoop")
	if !ok || loop.Type.Kind() != reflect.Func || loop.Type.NumIn() != 2 || loop.Type.NumOut() != 0 ||
		loop.Type.In(0) != reflect.PointerTo(state) || loop.Type.In(1) != current.Type {
		return l
	}
	open, ok := state.FieldByName("uvcache")
	if !ok || open.Type != reflect.TypeFor[*lua.Upvalue]() || open.Type.Elem().Field(0).Name != "next" ||
		open.Type.Elem().Field(0).Type != open.Type {
		return l
	}
	array, ok := reg.Type.Elem().FieldByName("array")
	if !ok || array.Offset != 0 || array.Type != reflect.TypeFor[[]lua.LValue]() {
		return l
	}
	growBy, ok := reg.Type.Elem().FieldByName("growBy")
	if !ok || growBy.Type.Kind() != reflect.Int {
		return l
	}
	held := reflect.ValueOf(newState()).Elem().FieldByName("stack").Elem()
	if held.Kind() != reflect.Pointer || !sameShape(held.Type().Elem()) {
		return l
	}
	probe := newState()
	probe.SetContext(&Fiber{})
	return threadLayout{ok: true, open: open.Offset, loop: loop.Offset, run: *mainLoopOf(probe, loop.Offset), stack: stack.Offset, reg: reg.Offset,
		growBy: growBy.Offset, noErr: handler.Offset, frame: current.Offset}
}

func mainLoopOf(th *lua.LState, offset uintptr) *func(*lua.LState, *frame) {
	return (*func(*lua.LState, *frame))(unsafe.Add(unsafe.Pointer(th), offset))
}

// sameFrame tells whether a type is a pointer to what frame mirrors.
func sameFrame(t reflect.Type) bool {
	if t.Kind() != reflect.Pointer {
		return false
	}
	want, got := reflect.TypeFor[frame](), t.Elem()
	if got.Kind() != reflect.Struct || got.NumField() != want.NumField() {
		return false
	}
	for i := range want.NumField() {
		w, g := want.Field(i), got.Field(i)
		if w.Name != g.Name || w.Offset != g.Offset || w.Type.Kind() != g.Type.Kind() {
			return false
		}
	}
	return true
}

func sameShape(t reflect.Type) bool {
	want := reflect.TypeFor[callStack]()
	if t.Kind() != reflect.Struct || t.NumField() != want.NumField() || t.Size() != want.Size() {
		return false
	}
	for i := range want.NumField() {
		w, g := want.Field(i), t.Field(i)
		if w.Name != g.Name || w.Offset != g.Offset || w.Type.Kind() != g.Type.Kind() {
			return false
		}
	}
	return t.Field(0).Type.Elem().Kind() == reflect.Pointer
}

// framesOf is how many frames th has, nearly.
func framesOf(th *lua.LState) int { return int(callStackOf(th).segIdx) * lua.FramesPerSegment }

func callStackOf(th *lua.LState) *callStack {
	type iface struct{ tab, data unsafe.Pointer }
	return (*callStack)((*iface)(unsafe.Add(unsafe.Pointer(th), layout.stack)).data)
}

// keepUpvalues has errors leave the captured locals of th's frames open. They
// need no closing: a thread that an error has left is never used again, and
// the registers live as long as a closure refers to them.
func keepUpvalues(th *lua.LState) {
	if layout.ok {
		*(*bool)(unsafe.Add(unsafe.Pointer(th), layout.noErr)) = true
	}
}

// ensureFrames leaves room for stackMargin more frames on the innermost thread,
// and is false where the recursion has gone too deep: the threads of protected
// calls are one stack to Lua. A message handler that is called for that has the
// frames of a new thread.
func (f *Fiber) ensureFrames() bool {
	if !layout.ok || len(f.threads) == 0 {
		return true
	}
	th := f.threads[len(f.threads)-1]
	cs := callStackOf(th)
	used := framesOf(th)
	if used+stackMargin <= len(cs.segments)*lua.FramesPerSegment {
		return true
	}
	total := 0
	for _, th := range f.threads {
		total += framesOf(th)
	}
	if total >= frameLimit {
		return false
	}
	if used > deepFrames/2 {
		reg := *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(th), layout.reg))
		*(*int)(unsafe.Add(reg, layout.growBy)) = deepStep
	}
	grown := make([]unsafe.Pointer, 2*len(cs.segments)+stackMargin/lua.FramesPerSegment)
	copy(grown, cs.segments)
	cs.segments = grown
	return true
}
