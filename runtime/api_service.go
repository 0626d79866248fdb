package runtime

import (
	"errors"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// serviceFunctions start, find and end services.
func serviceFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"start":         apiStart,
		"init_service":  apiStart,
		"init":          apiInit,
		"newservice":    apiNewService,
		"uniqueservice": apiUniqueService,
		"queryservice":  apiQueryService,
		"exit":          apiExit,
		"self":          apiSelf,
		"address":       apiAddress,
		"localname":     apiLocalName,
		"error":         apiError,
		"getenv":        apiGetEnv,
		"setenv":        apiSetEnv,
	}
}

// managerFunctions are what skynet.manager adds to skynet.
func managerFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"launch":   apiLaunch,
		"kill":     apiKill,
		"abort":    apiAbort,
		"register": apiRegister,
		"monitor":  apiMonitor,
		"harbor":   apiHarborOf,

		"forward_type": apiForwardType,
		"filter":       apiFilter,
		"name":         apiName,
	}
}

// errExited is why a service that called skynet.exit is gone.
var errExited = errors.New("the service has exited")

// apiStart is skynet.start(func).
func apiStart(L *lua.LState) int {
	g, fn := taskOf(L).gen, checkCallable(L, 1)
	if g.service.cell != nil && g.start != nil {
		g.cellStart = fn
		return 0
	}
	g.begin(fn)
	return 0
}

// maxWords bounds the words that a service is launched with: they become the
// arguments of a function.
const maxWords = 10_000

// checkArguments reads the arguments of a new service. As in skynet they
// become one line of words, and nothing is what nil at their end stands for.
func checkArguments(L *lua.LState, first int) []string {
	var words []string
	last := L.GetTop()
	for last >= first && L.Get(last) == lua.LNil {
		last--
	}
	for i := first; i <= last; i++ {
		v := L.Get(i)
		if v.Type() != lua.LTString && !value.IsNumber(v) {
			raise(L, "bad argument #%d (the arguments of a service are strings or numbers, got %s)", i, v.Type())
		}
		words = append(words, strings.Fields(value.String(v))...)
	}
	if len(words) > maxWords {
		raise(L, "%s", tooManyWords(len(words)))
	}
	return words
}

func tooManyWords(n int) error {
	return fmt.Errorf("%d words as the arguments of a service, want %d at the most: send it a message", n, maxWords)
}

// apiNewService is skynet.newservice(name, ...).
func apiNewService(L *lua.LState) int {
	name, args := launchWords(checkString(L, 1), checkArguments(L, 2))
	return launchFor(L, name, args)
}

// launchWords are the words of a launch: what follows a blank in the name is an
// argument.
func launchWords(name string, args []string) (string, []string) {
	words := strings.Fields(name)
	if len(words) < 2 {
		return strings.TrimSpace(name), args
	}
	return words[0], append(words[1:], args...)
}

// launchFor launches a service and parks until it has started. It returns nothing
// where that has called skynet.exit.
func launchFor(L *lua.LState, name string, args []string) int {
	f, t := vm.Of(L), taskOf(L)
	if h := t.launchAgain(name, args); h != 0 {
		return pushHandle(L, h)
	}
	s := t.service
	t.awaitLaunchPlace(f)
	session := s.newSession()
	made, err := s.node.launch(s, name, args, func(made *Service, err error) {
		m := Message{Source: handleLauncher, Session: session, Type: PTypeResponse}
		switch {
		case err == nil:
			m.Data = ValueData(lua.LNumber(made.actor.Handle()))
		case errors.Is(err, errExited):
			m.Data = ValueData(lua.LNil)
		default:
			m.Type, m.Data = PTypeError, RawData(firstLine(err.Error()))
		}
		s.node.push(s, m, made.worker)
	})
	if err != nil {
		raise(L, "call failed: %s", err)
	}
	t.launched(made)
	t.await(f, session, handleLauncher)
	d := t.answer(L)
	if d.Values()[0] == lua.LNil {
		return 0
	}
	L.Push(d.Values()[0])
	return 1
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// uniqueName reads the arguments of uniqueservice and queryservice: a leading
// true asks for the one in the whole network, which is this node. That one is
// another than the local one of the same name, so its key is: `@name`.
func uniqueName(L *lua.LState) (key, name string, rest int) {
	if L.Get(1) == lua.LTrue {
		name = checkString(L, 2)
		return globalKey + name, name, 3
	}
	name = checkString(L, 1)
	return name, name, 2
}

// apiUniqueService is skynet.uniqueservice(name, ...).
func apiUniqueService(L *lua.LState) int {
	key, name, rest := uniqueName(L)
	name, args := launchWords(name, checkArguments(L, rest))
	return awaitUnique(L, key, func() *Service { return &Service{script: name, args: args} })
}

// apiQueryService is skynet.queryservice(name): it waits until the service is
// there.
func apiQueryService(L *lua.LState) int {
	key, _, _ := uniqueName(L)
	return awaitUnique(L, key, nil)
}

// awaitUnique parks until the service of a key is there. made, if it isn't nil,
// makes the one to launch where nobody has.
func awaitUnique(L *lua.LState, key string, made func() *Service) int {
	f, t := vm.Of(L), taskOf(L)
	n := t.service.node
	session := t.service.newSession()
	if n.unique.get(key, made != nil, n.tellUnique(t.service.actor.Handle(), session)) {
		n.beginUnique(key, made())
	}
	t.await(f, session, handleManager)
	d := t.answer(L)
	if d.Values()[0] == lua.LNil {
		return 0
	}
	L.Push(d.Values()[0])
	return 1
}

// apiExit is skynet.exit(): it doesn't return.
func apiExit(L *lua.LState) int {
	t := taskOf(L)
	s := t.service
	if u := s.upgrade; u != nil && u.next == t.gen {
		raise(L, "skynet.exit in a generation that is being prepared")
	}
	f, again := vm.Of(L), s.leaving != nil
	s.leave(errExited)
	s.closeTasks()
	if !again {
		t.gen.log("KILL self")
	}
	if f.Closing() {
		f.Park() // raises: a __close method goes on, and its task ends anyway
	}
	f.Leave(errExited)
	return 0
}

func apiSelf(L *lua.LState) int {
	L.Push(lua.LNumber(taskOf(L).service.actor.Handle()))
	return 1
}

// apiAddress is skynet.address(addr): `:0000000a`, or the name as it is.
func apiAddress(L *lua.LState) int {
	L.Push(lua.LString(addressText(L.Get(1))))
	return 1
}

// apiLocalName is skynet.localname(name): the address of a local name, one with
// a dot, or nil.
func apiLocalName(L *lua.LState) int {
	name := checkString(L, 1)
	h := taskOf(L).service.node.handles.Find(name)
	if h == 0 || name[0] != '.' {
		return 0
	}
	L.Push(lua.LNumber(h))
	return 1
}

// apiError is skynet.error(...): a line of the log.
func apiError(L *lua.LState) int {
	t := taskOf(L)
	if L.GetTop() == 0 {
		L.Push(lua.LNil) // as skynet has it
	}
	t.service.logFrom(vm.Of(L), t, argsText(L, toText))
	return 0
}

func apiGetEnv(L *lua.LState) int {
	if v, ok := taskOf(L).service.node.env.Get(checkString(L, 1)); ok {
		L.Push(lua.LString(v))
		return 1
	}
	L.Push(lua.LNil)
	return 1
}

func apiSetEnv(L *lua.LState) int {
	key, text := checkString(L, 1), checkString(L, 2)
	if !taskOf(L).service.node.env.Set(key, text) {
		raise(L, "Can't setenv exist key : %s", key)
	}
	return 0
}

// apiLaunch is skynet.launch(kind, name, args...): it doesn't wait.
func apiLaunch(L *lua.LState) int {
	kind := checkString(L, 1)
	words := checkArguments(L, 2)
	t := taskOf(L)
	if kind != "snlua" {
		t.gen.log("Can't launch %s: it is a service in C, and those can't be loaded", kind)
		return 0
	}
	if len(words) == 0 {
		return 0
	}
	if h := t.launchAgain(words[0], words[1:]); h != 0 {
		return pushHandle(L, h)
	}
	t.holdLaunch(vm.Of(L))
	made, err := t.service.node.launch(t.service, words[0], words[1:], func(*Service, error) {})
	if err != nil {
		return 0
	}
	t.launched(made)
	L.Push(lua.LNumber(made.actor.Handle()))
	return 1
}

// apiKill is skynet.kill(addr).
func apiKill(L *lua.LState) int {
	t := taskOf(L)
	h := t.checkAddress(L, 1)
	if h == t.service.actor.Handle() {
		return t.killSelf(L)
	}
	if h != 0 {
		t.gen.log("KILL :%x", uint32(h))
		t.service.node.Kill(h) // a service that is gone already is what was asked for
	}
	return 0
}

// killSelf has the service end once the running task has ended, or would wait:
// so far it goes on, and may answer its request.
func (t *Task) killSelf(L *lua.LState) int {
	s := t.service
	if t.gen.preparing() {
		raise(L, "skynet.kill of the service itself in a generation that is being prepared")
	}
	t.gen.log("KILL :%x", uint32(s.actor.Handle()))
	s.leave(s.killed())
	return 0
}

func apiAbort(L *lua.LState) int {
	taskOf(L).service.node.Abort()
	return 0
}

// apiRegister is skynet.register(name).
func apiRegister(L *lua.LState) int {
	t := taskOf(L)
	return t.giveName(L, checkString(L, 1), t.service.actor.Handle())
}

// apiName is skynet.name(name, addr).
func apiName(L *lua.LState) int {
	t := taskOf(L)
	return t.giveName(L, checkString(L, 1), t.checkAddress(L, 2))
}

func (t *Task) giveName(L *lua.LState, name string, h Handle) int {
	if !strings.HasPrefix(name, ".") && !isGlobalName(name) {
		raise(L, "%s is no name for a service: local ones begin with a dot, global ones have fewer than 16 characters, no colon, and are no number", quoteStart(name))
	}
	n := t.service.node
	if t.gen.preparing() && n.handles.Find(name) == 0 {
		t.gen.names = append(t.gen.names, givenName{name, h})
		if isGlobalName(name) {
			return 0
		}
	}
	n.name(name, h)
	return 0
}
