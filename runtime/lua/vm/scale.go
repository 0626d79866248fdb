package vm

import (
	"reflect"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/layout"
	"devnode/runtime/lua/value"
)

// A Scale adds up the bytes that Lua values take, each value once: those given
// to it, and all that these refer to. Code isn't counted, since VMs share it;
// neither are Go functions. None of the VM's code may run meanwhile. It takes
// some tens of nanoseconds a value.
type Scale struct {
	Bytes int64 // so far
	Most  int64 // nothing more is weighed beyond it; 0 is without end

	frozen bool // frozen tables are weighed, too
	seen   addresses
	fibers map[*Fiber]struct{}
	later  []*Fiber
	todo   []lua.LValue
}

// What things take, with what gopher-lua and Go have around them.
const (
	valueBytes    = 16 // an LValue
	boxBytes      = 16 // what the LValue of a number, or a string, points to
	functionBytes = 64
	upvalueBytes  = 48
	userdataBytes = 64
	taskBytes     = 9 << 10 // an owner's fiber: a goroutine that runs Lua, and its thread
	coroBytes     = 11 << 10
)

// VM weighs what v itself refers to. The stacks of its coroutines are left to
// Stacks.
func (s *Scale) VM(v *VM) {
	s.Value(v.Globals())
	s.Value(v.Registry())
	for f := range v.fibers {
		s.later = append(s.later, f)
	}
}

// Value weighs a value and all that it refers to, but for the stacks of
// coroutines.
func (s *Scale) Value(v lua.LValue) {
	s.value(v)
	for len(s.todo) > 0 && (s.Most == 0 || s.Bytes <= s.Most) {
		v := s.todo[len(s.todo)-1]
		s.todo = s.todo[:len(s.todo)-1]
		switch v := v.(type) {
		case *value.Table:
			if mt := v.Metatable(); mt != nil {
				s.value(mt)
			}
			s.entries(v)
		case *lua.LFunction:
			s.function(v)
		case *lua.LUserData:
			s.userdata(v)
		}
	}
	s.todo = s.todo[:0]
}

// Stacks weighs the fibers given, and the coroutines that were found so far.
func (s *Scale) Stacks(fibers ...*Fiber) {
	if s.fibers == nil {
		s.fibers = make(map[*Fiber]struct{})
	}
	s.later = append(s.later, fibers...)
	for len(s.later) > 0 {
		f := s.later[len(s.later)-1]
		s.later = s.later[:len(s.later)-1]
		if _, seen := s.fibers[f]; !seen {
			s.fibers[f] = struct{}{}
			if s.Bytes += taskBytes; f.co {
				s.Bytes += coroBytes - taskBytes
			}
			f.held(s.Value)
			for _, th := range f.stack() {
				s.Bytes += valueBytes * int64(max(0, len(registersOf(th))-registerStart))
				for _, v := range registersOf(th) {
					s.Value(v)
				}
			}
		}
	}
}

// value weighs what is no table, function or userdata, and puts those that
// weren't seen yet on the list of what is to be done.
func (s *Scale) value(v lua.LValue) {
	switch v := v.(type) {
	case lua.LNumber, value.Int, value.Float:
		s.Bytes += boxBytes
	case lua.LString:
		s.text(string(v))
	case *value.Table:
		if v != nil && (s.frozen || !v.Frozen()) && s.seen.add(addressOf(v)) {
			s.todo = append(s.todo, v)
		}
	case *lua.LFunction:
		if v != nil && !v.IsG && s.seen.add(addressOf(v)) {
			s.todo = append(s.todo, v)
		}
	case *lua.LUserData:
		if v != nil && s.seen.add(addressOf(v)) {
			s.todo = append(s.todo, v)
		}
	case *lua.LState:
		if f := CoroutineOf(v); f != nil {
			s.later = append(s.later, f)
		}
	}
}

// text weighs a string by its bytes, which several values may share.
func (s *Scale) text(text string) {
	if len(text) > 0 && s.seen.add(layout.Address(text)) {
		s.Bytes += boxBytes + int64(len(text)+7)&^7
	}
}

func (s *Scale) function(fn *lua.LFunction) {
	s.Bytes += functionBytes
	s.value(value.EnvValue(fn))
	for _, uv := range fn.Upvalues {
		if uv != nil && s.seen.add(addressOf(uv)) {
			s.Bytes += upvalueBytes
			s.value(uv.Value())
		}
	}
}

func (s *Scale) userdata(u *lua.LUserData) {
	s.Bytes += userdataBytes
	s.value(u.Metatable)
	if env := value.UserEnv(u); env != nil {
		s.value(env)
	}
	if v, ok := u.Value.(lua.LValue); ok {
		s.value(v)
	}
}

func (s *Scale) entries(t *value.Table) {
	s.Bytes += t.Bytes()
	t.ForEach(func(k, v lua.LValue) {
		if name, ok := k.(lua.LString); ok {
			s.text(string(name)) // that of a record is counted once
		} else if _, ok := k.(lua.LNumber); !ok {
			s.value(k)
		}
		s.value(v)
	})
}

// addresses is a set of addresses. It is several times as fast as a map.
type addresses struct {
	slots []uintptr
	n     int
}

// addressOf is where what v points to lies.
func addressOf(v any) uintptr { return reflect.ValueOf(v).Pointer() }

// add is false where p was in the set. What is there has to live as long as the set
// is used.
func (a *addresses) add(p uintptr) bool {
	if 2*a.n >= len(a.slots) {
		a.grow()
	}
	if !a.put(p) {
		return false
	}
	a.n++
	return true
}

func (a *addresses) put(p uintptr) bool {
	mask := uint64(len(a.slots) - 1)
	const golden = 0x9E3779B97F4A7C15
	for i := uint64(p) * golden >> 20 & mask; ; i = (i + 1) & mask {
		switch a.slots[i] {
		case 0:
			a.slots[i] = p
			return true
		case p:
			return false
		}
	}
}

func (a *addresses) grow() {
	old := a.slots
	a.slots = make([]uintptr, max(256, 4*len(old)))
	for _, p := range old {
		if p != 0 {
			a.put(p)
		}
	}
}
