//go:build !purego

package layout

import (
	"fmt"
	"reflect"

	lua "github.com/yuin/gopher-lua"
)

// findOffsets looks the fields up by their names, with their types. The error names
// the one that isn't as this package has it.
func findOffsets() (offsets, error) {
	state := finder{of: reflect.TypeFor[lua.LState]()}
	var o offsets
	o.stack = state.field("stack", reflect.Interface)
	o.reg = state.field("reg", reflect.Pointer)
	o.noErr = state.field("hasErrorFunc", reflect.Bool)
	o.current = state.field("currentFrame", reflect.Pointer)
	o.loop = state.field("mainLoop", reflect.Func)
	o.open = state.field("uvcache", reflect.Pointer)
	if state.err != nil {
		return o, state.err
	}
	global := finder{of: reflect.TypeFor[lua.Global]()}
	o.basic = global.field("builtinMts", reflect.Map)
	typeOf := func(name string) reflect.Type { f, _ := state.of.FieldByName(name); return f.Type }
	frame := typeOf("currentFrame").Elem()
	loop := reflect.FuncOf([]reflect.Type{reflect.PointerTo(state.of), reflect.PointerTo(frame)}, nil, false)
	held := reflect.ValueOf(small()).Elem().FieldByName("stack").Elem().Type()
	for _, err := range []error{
		global.err,
		same(frame, reflect.TypeFor[Frame](), true),
		same(typeOf("reg").Elem(), reflect.TypeFor[Registers](), false),
		same(typeOf("uvcache").Elem(), reflect.TypeFor[Upvalue](), true),
		sameStack(held),
		want("lua.LState.mainLoop", typeOf("mainLoop"), loop),
		want("lua.LState.uvcache", typeOf("uvcache"), reflect.TypeFor[*lua.Upvalue]()),
	} {
		if err != nil {
			return o, err
		}
	}
	return o, nil
}

// small is a state as Check and findOffsets need one.
func small() *lua.LState {
	return lua.NewState(lua.Options{
		SkipOpenLibs: true, RegistrySize: 128, RegistryGrowStep: 16, RegistryMaxSize: 1 << 16,
		CallStackSize: 4 * lua.FramesPerSegment, MinimizeStackMemory: true,
	})
}

type finder struct {
	of  reflect.Type
	err error
}

// field is the offset of a field of a kind.
func (f *finder) field(name string, kind reflect.Kind) uintptr {
	field, ok := f.of.FieldByName(name)
	switch {
	case f.err != nil:
	case !ok:
		f.err = fmt.Errorf("%v has no field %s", f.of, name)
	case field.Type.Kind() != kind:
		f.err = fmt.Errorf("%v.%s is %v, no %v", f.of, name, field.Type, kind)
	}
	return field.Offset
}

// same tells whether a struct of gopher-lua's has the fields of the one that mirrors
// it, and, where it is to be whole, no others.
func same(got, mirror reflect.Type, whole bool) error {
	if got.Kind() != reflect.Struct || got.NumField() < mirror.NumField() || whole && got.Size() != mirror.Size() {
		return fmt.Errorf("%v is not laid out as %v", got, mirror)
	}
	for i := range mirror.NumField() {
		m, g := mirror.Field(i), got.Field(i)
		if !sameName(m.Name, g.Name) || m.Offset != g.Offset || m.Type.Kind() != g.Type.Kind() || m.Type.Size() != g.Type.Size() {
			return fmt.Errorf("%v.%s is not where %v has %s", got, g.Name, mirror, m.Name)
		}
	}
	return nil
}

// sameName tells whether names are the same but for the case of the first letter.
func sameName(mirror, name string) bool {
	return len(mirror) == len(name) && mirror[1:] == name[1:] && mirror[0]|0x20 == name[0]|0x20
}

func sameStack(held reflect.Type) error {
	if held.Kind() != reflect.Pointer {
		return fmt.Errorf("lua.LState.stack holds %v, no pointer", held)
	}
	stack := held.Elem()
	if err := same(stack, reflect.TypeFor[CallStack](), true); err != nil {
		return err
	}
	if e := stack.Field(0).Type.Elem(); e.Kind() != reflect.Pointer || e.Elem().Size() != reflect.TypeFor[Segment]().Size() {
		return fmt.Errorf("%v.segments is %v", stack, stack.Field(0).Type)
	}
	return nil
}

func want(what string, got, wanted reflect.Type) error {
	if got != wanted {
		return fmt.Errorf("%s is %v, not %v", what, got, wanted)
	}
	return nil
}
