package runtime

import (
	"errors"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// reloadFunctions are the fields of require "reload". The module itself can be
// called: reload(...) is the whole of skynet-reload.
func reloadFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"keep":    apiKeep,
		"migrate": apiMigrate,
		"class":   apiClass,
		"dispose": apiDispose,
		"accept":  apiAccept,
		"decline": apiDecline,
	}
}

// apiReload is reload(...): the service's script is loaded anew with these
// arguments and takes over. It doesn't return when that succeeds, and raises,
// with nothing changed, when it fails.
func apiReload(L *lua.LState) int {
	f, t := vm.Of(L), taskOf(L)
	s := t.service
	if f.Closing() {
		f.Park() // raises
	}
	if s.upgrade != nil && s.upgrade.next == t.gen {
		raise(L, "reload: the service is being reloaded right now: its main chunk and start function can't ask for another")
	}
	if t.gen != s.code || !t.gen.started {
		raise(L, "reload: only the generation that serves, once its start function has returned, can be reloaded")
	}
	args := taskOf(L).pack(L, 2).Values() // 1 is the module, as of __call
	if args == nil {
		args = []lua.LValue{}
	}
	var failure error
	s.node.do(s, func(s *Service) {
		s.beginUpgrade(ReloadOptions{Args: wordsOf(args), Trigger: "reload() by itself"}, args, newSnapshot(), t, func(u *upgrade, err error) {
			if err != nil {
				failure = err
				s.node.do(s, func(s *Service) { s.wakeAfter(t) })
				return
			}
			s.node.do(s, func(*Service) {
				u.commit(func() {
					if u.record.Err != nil {
						failure = u.record.Err
						s.wakeAfter(t)
					}
				})
			})
		})
	})
	f.Park()
	if failure == nil {
		failure = errors.New("the service did not change")
	}
	raise(L, "reload: %s", failure)
	return 0
}

// wordsOf are arguments as the words that a service is launched with, so that the
// next reload, and `list`, have them too. Values that are no words can't be kept
// so: then it is nil.
func wordsOf(args []lua.LValue) []string {
	words := make([]string, len(args))
	for i, v := range args {
		switch v.(type) {
		case lua.LString, lua.LNumber, value.Int, value.Float, lua.LBool:
			words[i] = value.String(v)
		default:
			return nil
		}
	}
	return words
}

// wakeAfter resumes a task that parked for something of the node's own.
func (s *Service) wakeAfter(t *Task) {
	if t.state == taskActive {
		s.step(t)
	}
}

// apiKeep is reload.keep(name, init): the value that the service keeps under
// that name; the first time init(), or init itself if it is no function.
func apiKeep(L *lua.LState) int {
	t := taskOf(L)
	s, name, init := t.service, checkString(L, 1), L.Get(2)
	u := s.upgrade
	preparing := u != nil && u.next == t.gen
	if !preparing {
		u = nil
	}
	value, ok := s.keptValue(u, name)
	if !ok {
		value = init
		if fn, isFunction := init.(*lua.LFunction); isFunction {
			L.Push(fn)
			vm.Call(L, 0, 1)
			value = L.Get(-1)
		}
		if s.upgrade != u {
			u = nil // taken over while init waited
		}
		value = s.introduce(u, name, value)
	}
	if u != nil {
		if u.given == nil {
			u.given = make(map[string]lua.LValue)
		}
		u.given[name] = value
	}
	L.Push(value)
	return 1
}

// apiMigrate is reload.migrate(version, fn): the kept state has the shape of
// that version here. Where the service's state has another, fn(old_version,
// kept) brings it up to date before this generation takes over; kept maps the
// names given to reload.keep to the values. A service whose code has never
// called reload.migrate has version 1.
func apiMigrate(L *lua.LState) int {
	g := taskOf(L).gen
	version := L.Get(1)
	if version == lua.LNil {
		raise(L, "reload.migrate(version, fn): the version is nil")
	}
	g.forReload().version, g.forReload().migrate = version, L.CheckFunction(2)
	if s := g.service; s.upgrade == nil && s.code == g {
		s.keptVersion = version
	}
	return 0
}

// apiClass is reload.class(name, t): a table that stays the same over reloads,
// with the contents that the serving generation has given it.
func apiClass(L *lua.LState) int {
	t := taskOf(L)
	L.Push(t.gen.class(checkString(L, 1), value.CheckTable(L, 2)))
	return 1
}

// apiDispose is reload.dispose(fn): fn runs in this generation when another
// takes over.
func apiDispose(L *lua.LState) int {
	g := taskOf(L).gen
	g.forReload().disposes = append(g.reloads().disposes, L.CheckFunction(1))
	return 0
}

// apiAccept is reload.accept(fn): fn runs in this generation once it has
// taken over.
func apiAccept(L *lua.LState) int {
	g := taskOf(L).gen
	g.forReload().accepts = append(g.reloads().accepts, L.CheckFunction(1))
	return 0
}

// apiDecline is reload.decline(reason): the service can't be reloaded live, until
// reload.decline(false).
func apiDecline(L *lua.LState) int {
	hooks := taskOf(L).gen.forReload()
	if L.Get(1) == lua.LFalse {
		hooks.declined = ""
		return 0
	}
	hooks.declined = optString(L, 1, "it gave no reason")
	return 0
}
