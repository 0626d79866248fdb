package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/actor"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// pack makes a message of the values from index first to the top of L's
// stack. Tables are copied, so that sender and receiver share nothing that can
// change. It raises skynet's errors for what can't be sent.
func (t *Task) pack(L *lua.LState, first int) *Data {
	d := t.service.worker.data.New()
	for i, top := first, L.GetTop(); i <= top; i++ {
		d.Append(transfer(L, L.Get(i)))
	}
	return d
}

// transfer is the value that another VM may own in place of v.
func transfer(L *lua.LState, v lua.LValue) lua.LValue {
	switch v.(type) {
	case lua.LNumber, lua.LString, lua.LBool, *lua.LNilType, value.Float, value.Int:
		return v
	}
	t := &transferrer{L: L}
	t.refer = t.value
	return t.value(v)
}

// pollEvery is how many tables are copied between two looks at whether the task has to end.
const pollEvery = 4096

// transferrer copies what values refer to.
type transferrer struct {
	L     *lua.LState
	depth int                           // how many tables it is in
	steps int                           // tables that were copied
	refer func(v lua.LValue) lua.LValue // value, as a function
}

func (t *transferrer) value(v lua.LValue) lua.LValue {
	switch v := v.(type) {
	case *value.Table:
		if t.steps++; t.steps%pollEvery == 0 {
			vm.Of(t.L).Poll()
		}
		t.depth++
		copied := t.table(v)
		t.depth--
		return copied
	case *lua.LUserData:
		return transferUserdata(t.L, v)
	case *lua.LFunction, *lua.LState, lua.LChannel:
		raise(t.L, "Unsupport type %s to serialize", v.Type())
	}
	return v
}

func (t *transferrer) table(src *value.Table) *value.Table {
	if t.depth > actor.MaxDepth {
		t.checkDepth(src)
	}
	if mt, ok := value.Meta(src).(*value.Table); ok {
		if iter := mt.RawGetString("__pairs"); iter != lua.LNil {
			return t.pairs(src, iter)
		}
	}
	return vm.CopyTable(src, t.refer)
}

// checkDepth raises an error for a table that is too deep in others. One that has
// nothing in it may be one level deeper.
func (t *transferrer) checkDepth(src *value.Table) {
	if k, _ := src.Next(lua.LNil); t.depth > actor.MaxDepth+1 || k != lua.LNil {
		raise(t.L, "serialize can't pack too depth table")
	}
}

// transferUserdata hands a message over that is itself in a message. It is the
// receiver's then, as whoever sends a light userdata in skynet means it.
func transferUserdata(L *lua.LState, u *lua.LUserData) lua.LValue {
	switch d := u.Value.(type) {
	case *Data:
		taskOf(L).service.letGo(d)
		return boxOf(L).Userdata(d)
	case *value.Light:
		return u
	case actor.Sent:
		return &lua.LUserData{Value: d, Metatable: lua.LNil}
	}
	raise(L, "Unsupport type %s to serialize", u.Type())
	return nil
}

// pairs copies what the table's __pairs metamethod yields.
func (t *transferrer) pairs(src *value.Table, iter lua.LValue) *value.Table {
	L := t.L
	dst := value.NewTable(0, 0)
	L.Push(iter)
	L.Push(src)
	vm.Call(L, 1, 3)
	control := L.Get(-1)
	state := L.Get(-2)
	next := L.Get(-3)
	L.Pop(3)
	for {
		L.Push(next)
		L.Push(state)
		L.Push(control)
		vm.Call(L, 2, 2)
		key, v := L.Get(-2), L.Get(-1)
		L.Pop(2)
		if key == lua.LNil {
			return dst
		}
		control = key
		dst.RawSet(t.value(value.Key(key)), t.value(v))
	}
}
