package runtime

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/actor"
	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// The functions of the Lua modules skynet and skynet.manager are in the files
// api_*.go, by subject. They are shared by all VMs: each finds its service by
// the task that calls it.

// raise raises an error with the position of the innermost Lua function, also
// when that called by way of pcall.
func raise(L *lua.LState, format string, args ...any) {
	vm.Throw(L, lua.LString(callerPosition(L)+fmt.Sprintf(format, args...)))
}

// quoteStart is a script's string as an error names it. The beginning of a long one
// will do: a text that quotes an earlier text whole has its quotes doubled by
// every error in a handler of errors, up to gigabytes.
func quoteStart(s string) string {
	const most = 100
	if len(s) > most {
		return strconv.Quote(strings.ToValidUTF8(s[:most], "")) + "…"
	}
	return strconv.Quote(s)
}

func callerPosition(L *lua.LState) string { return vm.Of(L).Caller() }

// skynetFunctions are the fields of require "skynet" that are functions.
func skynetFunctions() map[string]lua.LGFunction {
	all := make(map[string]lua.LGFunction)
	for _, group := range []map[string]lua.LGFunction{
		messageFunctions(), taskFunctions(), serviceFunctions(), timeFunctions(), debugFunctions(), managerFunctions(), threadFunctions(), traceFunctions(),
	} {
		for name, fn := range group {
			all[name] = fn
		}
	}
	return all
}

// skynetConstants are the fields that are numbers.
func skynetConstants() map[string]int {
	return map[string]int{
		"PTYPE_TEXT": 0, "PTYPE_RESPONSE": 1, "PTYPE_MULTICAST": 2, "PTYPE_CLIENT": 3,
		"PTYPE_SYSTEM": 4, "PTYPE_HARBOR": 5, "PTYPE_SOCKET": 6, "PTYPE_ERROR": 7,
		"PTYPE_QUEUE": 8, "PTYPE_DEBUG": 9, "PTYPE_LUA": 10, "PTYPE_SNAX": 11, "PTYPE_TRACE": 12,
	}
}

// checkAddress reads an address argument: a number, `:0000000a` or a name.
// A name that nobody has gives 0 with ok; anything else raises.
func (t *Task) checkAddress(L *lua.LState, n int) Handle {
	switch v := L.Get(n).(type) {
	case lua.LString:
		h, _ := t.service.node.Find(string(v))
		return h
	default:
		if !value.IsNumber(v) {
			raise(L, "dest address type (%s) must be a string or number.", v.Type())
		}
		i, ok := value.ToInt(v)
		if ok && i == 0 {
			raise(L, "Invalid service address 0")
		}
		if !ok || i < 0 || i > math.MaxUint32 {
			return 0
		}
		return Handle(i)
	}
}

// addressText is an address argument as the caller gave it, for messages.
func addressText(v lua.LValue) string {
	if i, ok := value.ToInt(v); ok {
		return Handle(i).String()
	}
	return value.String(v)
}

// isNumeral tells whether Lua's tonumber takes s.
func isNumeral(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	_, errInt := strconv.ParseInt(s, 0, 64)
	return err == nil || errInt == nil
}

func typeName(v lua.LValue) string {
	if v == lua.LNil {
		return "no value"
	}
	return v.Type().String()
}

// checkProtocol finds a registered protocol by name or number.
func (t *Task) checkProtocol(L *lua.LState, n int) *protocol {
	p := t.protocolArgument(L, n)
	if p == nil {
		raise(L, "unknown message type %s: skynet.register_protocol adds one", value.String(L.Get(n)))
	}
	return p
}

// protocolArgument is checkProtocol, nil for one that isn't registered.
func (t *Task) protocolArgument(L *lua.LState, n int) *protocol {
	g := t.gen
	v := L.Get(n)
	if name, ok := v.(lua.LString); ok {
		if name == "lua" {
			return g.lua
		}
		return g.protos[string(name)].live(g)
	}
	if id, ok := ptypeOf(v); ok {
		return g.protocolOf(id)
	}
	return nil
}

// ptypeOf is the message type of a number.
func ptypeOf(v lua.LValue) (PType, bool) {
	i, ok := value.ToInt(v)
	return PType(i), ok && i >= 0 && i <= int64(maxPType)
}

// packArguments packs what follows index first as p says.
func (t *Task) packArguments(L *lua.LState, p *protocol, first int) *Data {
	if p.pack == nil {
		return t.pack(L, first)
	}
	top := L.GetTop()
	L.Push(p.pack)
	for i := first; i <= top; i++ {
		L.Push(L.Get(i))
	}
	vm.Call(L, top-first+1, lua.MultRet)
	defer L.SetTop(top)
	d, what := sendable(L, top+1)
	if d == nil {
		raise(L, "%s: what the pack function of %s messages returned", what, p.name)
	}
	t.service.letGo(d)
	return d
}

// boxOf makes Lua numbers on the worker that L runs on.
func boxOf(L *lua.LState) *actor.Boxer { return &taskOf(L).service.worker.box }

// pushUnpacked pushes what p makes of a message, and returns how many values.
func (t *Task) pushUnpacked(L *lua.LState, p *protocol, d *Data) int {
	if p.unpack != nil {
		base := L.GetTop()
		L.Push(p.unpack)
		pushData(L, d)
		vm.Call(L, 2, lua.MultRet)
		return L.GetTop() - base
	}
	n := pushValues(L, d)
	t.service.markHandedOver(d)
	return n
}

// pushValues pushes the values of a message, and returns how many.
func pushValues(L *lua.LState, d *Data) int {
	if d == nil {
		return 0
	}
	var values []lua.LValue
	if raw, is := d.Raw(); !is {
		values = d.Values()
	} else {
		var ok bool
		if values, ok = actor.Deserialize(raw, vm.Of(L).Poll); !ok {
			raise(L, "Invalid serialize stream (%d bytes)", len(raw))
		}
	}
	for _, v := range values {
		L.Push(v)
	}
	return len(values)
}

// checkCallable is a function that the caller gives, or what can be called like
// one.
func checkCallable(L *lua.LState, n int) lua.LValue {
	if v := L.Get(n); v != lua.LNil && vm.Callable(L, v) {
		return v
	}
	return L.CheckFunction(n) // raises
}

// toText is Lua's tostring.
func toText(L *lua.LState, v lua.LValue) string { return stdlib.ToText(L, v) }
