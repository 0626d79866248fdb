package vm

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/bytecode"
	"devnode/runtime/lua/value"
)

// getTableOp is OP_GETTABLE and OP_GETTABLEKS.
func getTableOp(L *lua.LState, inst uint32, _ *frame) int {
	cf := currentFrame(L)
	v := Index(L, operand(L, cf, bytecode.B(inst)), operand(L, cf, bytecode.C(inst)))
	setRegister(L, bytecode.A(inst), v)
	return 0
}

// selfOp is OP_SELF.
func selfOp(L *lua.LState, inst uint32, _ *frame) int {
	cf := currentFrame(L)
	self := operand(L, cf, bytecode.B(inst))
	v := Index(L, self, operand(L, cf, bytecode.C(inst)))
	setRegister(L, bytecode.A(inst), v)
	setRegister(L, bytecode.A(inst)+1, self)
	return 0
}

// setTableOp is OP_SETTABLE and OP_SETTABLEKS.
func setTableOp(L *lua.LState, inst uint32, _ *frame) int {
	cf := currentFrame(L)
	SetIndex(L, operand(L, cf, bytecode.A(inst)), operand(L, cf, bytecode.B(inst)), operand(L, cf, bytecode.C(inst)))
	return 0
}

// getGlobalOp is OP_GETGLOBAL.
func getGlobalOp(L *lua.LState, inst uint32, _ *frame) int {
	fn := currentFrame(L).Fn
	v := Index(L, value.EnvValue(fn), fn.Proto.Constants[bytecode.Bx(inst)])
	setRegister(L, bytecode.A(inst), v)
	return 0
}

// setGlobalOp is OP_SETGLOBAL.
func setGlobalOp(L *lua.LState, inst uint32, _ *frame) int {
	cf := currentFrame(L)
	SetIndex(L, value.EnvValue(cf.Fn), cf.Fn.Proto.Constants[bytecode.Bx(inst)], operand(L, cf, bytecode.A(inst)))
	return 0
}

// newTableOp is OP_NEWTABLE.
func newTableOp(L *lua.LState, inst uint32, _ *frame) int {
	setRegister(L, bytecode.A(inst), value.NewTable(bytecode.B(inst), bytecode.C(inst)))
	return 0
}

// setListOp is OP_SETLIST: it puts the registers above A into the array of a table.
func setListOp(L *lua.LState, inst uint32, _ *frame) int {
	cf := currentFrame(L)
	a, n, batch := bytecode.A(inst), bytecode.B(inst), bytecode.C(inst)
	if batch == 0 {
		batch = int(cf.Fn.Proto.Code[cf.Pc])
		cf.Pc++
	}
	rg := registryOf(L)
	if from := cf.LocalBase + a + 1; n == 0 {
		n = rg.Top - from
	}
	t := operand(L, cf, a).(*value.Table)
	t.SetList((batch-1)*lua.FieldsPerFlush, rg.Array[cf.LocalBase+a+1:][:n])
	return 0
}

// iterateOp is OP_TFORLOOP: it calls an iterator, and goes on with the body of the
// loop unless that has given nil. While the iterator runs, a patch may have the
// frame go on in other code: nothing of the old is used afterwards.
func iterateOp(L *lua.LState, inst uint32, _ *frame) int {
	cf := currentFrame(L)
	a, rg := bytecode.A(inst), registryOf(L)
	rg.setTop(cf.LocalBase + a + 3)
	fn, state, control := operand(L, cf, a), operand(L, cf, a+1), operand(L, cf, a+2)
	if value.IsNext(fn) && step(L, cf, inst, state, control) {
		return 0
	}
	if !Callable(L, fn) {
		L.RaiseError("attempt to call a non-function object")
	}
	at := cf.LocalBase + a + 3
	ensureRegisters(L, at+3)
	rg.set(at, fn)
	rg.set(at+1, state)
	rg.set(at+2, control)
	callRegisters(L, at)
	cf = currentFrame(L)
	inst = cf.Fn.Proto.Code[cf.Pc-1]
	a = bytecode.A(inst)
	at = cf.LocalBase + a + 3
	ensureRegisters(L, at+bytecode.C(inst))
	rg.setTop(at + bytecode.C(inst))
	if first := rg.get(at); first != lua.LNil {
		rg.set(at-1, first)
		cf.Pc += bytecode.SBx(cf.Fn.Proto.Code[cf.Pc])
	}
	cf.Pc++
	return 0
}

// step is the turn of a loop over a table, without a call of next. It is false, and
// has done nothing, where next has something to do or to refuse, or a hook wants
// to hear of it.
func step(L *lua.LState, cf *frame, inst uint32, state, control lua.LValue) bool {
	t, ok := state.(*value.Table)
	if !ok || t.Filler() != nil || Of(L).hooks() {
		return false
	}
	k, v, ok := t.NextEntry(control)
	if !ok {
		return false
	}
	if k != lua.LNil {
		a, n := bytecode.A(inst), bytecode.C(inst)
		rg, at := registryOf(L), cf.LocalBase+a
		rg.setTop(at + 3 + n)
		rg.set(at+2, k)
		rg.set(at+3, k)
		if n > 1 {
			rg.set(at+4, v)
		}
		cf.Pc += bytecode.SBx(cf.Fn.Proto.Code[cf.Pc])
	}
	cf.Pc++
	return true
}

// maxMetaLoop bounds the chains of __index and __newindex, as in C Lua.
const maxMetaLoop = 2000

// Index is t[key], for any kinds of values and keys.
func Index(L *lua.LState, t, key lua.LValue) lua.LValue {
	for range maxMetaLoop {
		tb, isTable := value.ToTable(t)
		if isTable {
			if v := tb.Get(key); v != nil {
				return v
			}
		}
		switch index := MetaField(L, t, "__index"); {
		case index == lua.LNil && isTable:
			return lua.LNil
		case index == lua.LNil:
			L.RaiseError("attempt to index a non-table object(%v) with key '%s'", t.Type(), key)
		case index.Type() == lua.LTFunction:
			return callMeta(L, index, "index", t, key)
		default:
			t = index
		}
	}
	L.RaiseError("too many recursions in gettable")
	return nil
}

// SetIndex is t[key] = v, for any kinds of values and keys.
func SetIndex(L *lua.LState, t, key, v lua.LValue) {
	for range maxMetaLoop {
		tb, isTable := value.ToTable(t)
		if isTable && tb.Frozen() {
			L.RaiseError("%s", tb.Refusal().Text)
		}
		if isTable && (tb.Metatable() == nil || tb.Get(key) != nil) {
			setRaw(L, tb, key, v)
			return
		}
		switch index := MetaField(L, t, "__newindex"); {
		case index == lua.LNil && isTable:
			setRaw(L, tb, key, v)
			return
		case index == lua.LNil:
			L.RaiseError("attempt to index a non-table object(%v) with key '%s'", t.Type(), key)
		case index.Type() == lua.LTFunction:
			L.Push(index)
			L.Push(t)
			L.Push(key)
			L.Push(v)
			Call(L, 3, 0)
			return
		default:
			t = index
		}
	}
	L.RaiseError("too many recursions in settable")
}

// setRaw is rawset, with an error for what can't be a key.
func setRaw(L *lua.LState, t *value.Table, key, v lua.LValue) {
	switch k := key.(type) {
	case *lua.LNilType:
		L.RaiseError("table index is nil")
	case lua.LNumber:
		if k != k {
			L.RaiseError("table index is NaN")
		}
	case *lua.LTable:
		key = value.Foreign(k)
	}
	t.RawSet(key, v)
}

// MetatableOf is the metatable of any value, nil for none, whatever its __metatable
// says.
func MetatableOf(L *lua.LState, v lua.LValue) *value.Table {
	switch v := v.(type) {
	case *value.Table:
		return v.Metatable()
	case *lua.LUserData:
		return value.UserMeta(v)
	case *lua.LTable:
		return value.Foreign(v).Metatable()
	}
	if f := Of(L); f != nil {
		return f.vm.basic[v.Type()]
	}
	return nil
}

// MetaField is an entry of the metatable of a value, LNil for none.
func MetaField(L *lua.LState, v lua.LValue, event string) lua.LValue {
	if mt := MetatableOf(L, v); mt != nil {
		return mt.RawGetString(event)
	}
	return lua.LNil
}

// SetBasic gives all values of a basic type a metatable, nil for none.
func (v *VM) SetBasic(of lua.LValueType, mt *value.Table) {
	v.basic[of] = mt
	if mt == nil {
		v.main.SetMetatable(sample(of), lua.LNil)
	} else {
		v.main.SetMetatable(sample(of), mt.Carrier())
	}
}

// sample is a value of a type; what gopher-lua asks of it is only the type.
type sample lua.LValueType

func (s sample) String() string       { return s.Type().String() }
func (s sample) Type() lua.LValueType { return lua.LValueType(s) }

// Basic is the metatable of all values of a basic type, nil for none.
func (v *VM) Basic(of lua.LValueType) *value.Table { return v.basic[of] }
