package pb

import (
	"os"
	"strings"

	"devnode/runtime/internal/protobuf"
	"devnode/runtime/library"
)

// typeArg is argument 1, the name of a type.
func typeArg(c library.Call) *typeInfo {
	name := inputArg(c, 1)
	t := stateOf(c).schema().find(name.rest())
	if t == nil {
		c.ArgError(1, "type '%s' does not exists", name.rest())
	}
	return t
}

// maybeType is argument 1, the name of a type, nil where there is none.
func maybeType(c library.Call) *typeInfo { return stateOf(c).schema().find(inputArg(c, 1).rest()) }

// fieldArg is argument 2, the name or the number of a field: what finds it in a type, nil where there is none.
func fieldArg(c library.Call) func(*typeInfo) *fieldInfo {
	if number, ok := toInteger(c.Arg(2)); ok {
		return func(t *typeInfo) *fieldInfo { return t.field(int32(number)) }
	}
	name := inputArg(c, 2).rest()
	return func(t *typeInfo) *fieldInfo { return t.byName[name] }
}

func returnType(c library.Call, t *typeInfo) {
	if t == nil {
		return
	}
	kind := "message"
	if t.isMap {
		kind = "map"
	} else if t.enum {
		kind = "enum"
	}
	c.Return(library.String(t.name), library.String(t.basename), library.String(kind))
}

func returnField(c library.Call, t *typeInfo, f *fieldInfo) {
	if f == nil {
		return
	}
	of, def, label := f.kind.String(), library.Nil, "optional"
	if f.of != nil {
		of = f.of.name
	}
	if f.def.Set {
		def = library.String(f.def.Text)
	}
	if f.repeated {
		label = "repeated"
		if f.packed {
			label = "packed"
		}
	}
	c.Return(f.key, library.Int(int64(f.number)), library.String(of), def, library.String(label))
	if f.oneof > 0 {
		name, ok := t.oneof(f)
		choice := library.Nil
		if ok {
			choice = library.String(name)
		}
		c.Return(choice, library.Int(int64(f.oneof-1)))
	}
}

// loadCall is pb.load(bytes): whether it could, and where it ended.
func loadCall(c library.Call) { loadText(c, inputArg(c, 1).rest()) }

func loadText(c library.Call, data string) {
	s := statesOf(c)
	var at int
	var ok bool
	s.current.change(func(types *schema) { at, ok = types.load(data) })
	if ok {
		s.publish(c)
	}
	c.Return(library.Bool(ok), library.Int(int64(at+1)))
}

// loadFile is pb.loadfile(name).
func loadFile(c library.Call) {
	name := c.String(1)
	data, ok := readFile(c, name)
	if ok {
		loadText(c, data)
	}
}

// readFile reads a file; where it can't, it returns what C does.
func readFile(c library.Call, name string) (data string, ok bool) {
	bytes, err := os.ReadFile(name)
	if err != nil {
		text, number := library.SystemError(err)
		c.Return(library.Nil, library.String(name+": "+text), library.Int(int64(number)))
		return "", false
	}
	return string(bytes), true
}

// typesCall is pb.types(): an iterator over all types, from one to the next.
func typesCall(c library.Call) { c.Return(c.NewFunction(nextType), library.Nil, library.Nil) }

func nextType(c library.Call) {
	types, at := stateOf(c).schema(), 0
	if !c.Arg(2).IsNil() {
		name, _ := input(c.Arg(2))
		t := types.find(name.rest())
		if t == nil {
			return
		}
		at = t.position
	}
	for ; at < len(types.order); at++ {
		if t := types.order[at]; !t.dead {
			returnType(c, t)
			return
		}
	}
}

// fieldsCall is pb.fields(type): an iterator over its fields, from one to the next.
func fieldsCall(c library.Call) { c.Return(c.NewFunction(nextField), c.Arg(1), library.Nil) }

func nextField(c library.Call) {
	t, at := maybeType(c), 0
	if t == nil {
		return
	}
	if !c.Arg(2).IsNil() {
		name, _ := input(c.Arg(2))
		f := t.byName[name.rest()]
		if f == nil {
			return
		}
		at = f.index
	}
	if at < len(t.ordered) {
		returnField(c, t, t.ordered[at])
	}
}

func typeCall(c library.Call) { returnType(c, maybeType(c)) }

func fieldCall(c library.Call) {
	t, find := maybeType(c), fieldArg(c)
	if t != nil {
		returnField(c, t, find(t))
	}
}

// enumCall is pb.enum(type, name or number): the other one.
func enumCall(c library.Call) {
	t, find := maybeType(c), fieldArg(c)
	if t == nil {
		return
	}
	switch f := find(t); {
	case f == nil:
	case c.Arg(2).Type() == "number":
		c.Return(f.key)
	default:
		c.Return(integer(int64(f.number), true, stateOf(c).options.int64s))
	}
}

// hookCall is pb.hook(type[, function or nil]), and pb.encode_hook: the hook, or what it was before another took its place.
func hookCall(of func(*state) map[string]library.Value) library.Function {
	return func(c library.Call) {
		t := maybeType(c)
		if t == nil {
			c.ArgError(1, "type not found")
		}
		hook, hooks := c.Arg(2), of(stateOf(c))
		if !hook.IsNil() && hook.Type() != "function" {
			typeError(c, 2, "function")
		}
		was := hooks[t.name]
		if c.Args() >= 2 {
			if hook.IsNil() {
				delete(hooks, t.name)
			} else {
				hooks[t.name] = hook
			}
		}
		c.Return(was)
	}
}

// clearCall is pb.clear([type[, field]]).
func clearCall(c library.Call) {
	s := stateOf(c)
	if c.Arg(1).IsNil() {
		s.own.current.Store(newSchema())
		s.forget()
		return
	}
	name := inputArg(c, 1).rest()
	var find func(*typeInfo) *fieldInfo
	if !c.Arg(2).IsNil() {
		find = fieldArg(c)
	}
	s.change(func(types *schema) {
		t := types.find(name)
		if t == nil {
			return
		}
		if find == nil {
			t.clear()
			t.dead = true
		} else {
			t.remove(find(t))
		}
		delete(s.defaults, t.name)
	})
}

// typeFormat is pb.typefmt(name): the letter of a type, or the type of a letter, and its wire type.
func typeFormat(c library.Call) {
	name := inputArg(c, 1).rest()
	answer := func(text string, n int) { c.Return(library.String(text), library.Int(int64(n))) }
	if len(name) == 1 {
		if k, ok := kindOfLetter(name[0]); ok {
			answer(k.String(), int(k))
			return
		}
		answer("!", -1)
		return
	}
	if stateOf(c).schema().find(name) != nil {
		answer("message", int(protobuf.Length))
		return
	}
	name, _, _ = strings.Cut(name, "\x00")
	if k, ok := protobuf.KindOf(name); ok && k != protobuf.Message {
		answer(kindLetters[k-1:k], int(k.Wire()))
		return
	}
	if w, ok := protobuf.WireTypeOf(name); ok {
		answer("vqs!!d"[w:w+1], int(w))
		return
	}
	answer("!", int(protobuf.Message))
}
