package runtime

import (
	"errors"
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// A snax service is the script snaxd with the name of another script. It takes
// messages once it has been initialised: a message of type snax, number 1, with the
// arguments. The service manager does that for those which are unique in the node.

// snaxScript is the script of all snax services.
const snaxScript = "snaxd"

// snaxInit is the number of the method that initialises one.
const snaxInit = 1

// snaxLaunches are those that the service manager is initialising, by session. Only its
// handler uses it.
type snaxLaunches struct {
	last    int32
	waiting map[int32]snaxLaunch
}

type snaxLaunch struct {
	handle Handle
	done   func(error)
}

func newSnaxLaunches() *snaxLaunches { return &snaxLaunches{waiting: make(map[int32]snaxLaunch)} }

// findSnax answers with the address of a unique snax service, once it is initialised.
// words are the arguments of its init.
func (sm serviceManager) findSnax(m Message, key string, create bool, script string, words []lua.LValue) {
	n := sm.node
	if !n.unique.get(key, create, n.tellUnique(m.Source, m.Session)) {
		return
	}
	data := ValueData(append([]lua.LValue{lua.LNumber(snaxInit)}, words...)...)
	launched := func(made *Service, err error) {
		if err != nil {
			n.unique.settle(key, 0, err)
			return
		}
		manager := n.grab(handleManager)
		n.do(manager, func(*Service) {
			sm.initialise(made.actor.Handle(), data, func(err error) { n.unique.settle(key, made.actor.Handle(), err) })
		})
	}
	if _, err := n.launch(nil, snaxScript, []string{script}, launched); err != nil {
		n.unique.settle(key, 0, err)
	}
}

// initialise sends a new service its first message. done is told of the end.
func (sm serviceManager) initialise(h Handle, data *Data, done func(error)) {
	sm.snaxs.last++
	session := sm.snaxs.last
	sm.snaxs.waiting[session] = snaxLaunch{h, func(err error) {
		if err != nil {
			_ = sm.node.Kill(h) // it is of no use to anybody
		}
		done(err)
	}}
	s := sm.node.grab(h)
	if s == nil || !sm.node.push(s, Message{Source: handleManager, Session: session, Type: PTypeSnax, Data: data}, nil) {
		sm.snaxs.settle(session, errors.New("it ended before it was initialised"))
	}
}

// initialised is the answer to such a message, or the news that a service has ended,
// with session 0.
func (sl *snaxLaunches) initialised(m Message) {
	if m.Session == 0 {
		for session, l := range sl.waiting {
			if l.handle == m.Source {
				sl.settle(session, errors.New("it ended before it was initialised"))
			}
		}
		return
	}
	var err error
	if m.Type == PTypeError {
		err = fmt.Errorf("init failed: %s", m.Data.Text())
	}
	sl.settle(m.Session, err)
}

func (sl *snaxLaunches) settle(session int32, err error) {
	l, ok := sl.waiting[session]
	if ok {
		delete(sl.waiting, session)
		l.done(err)
	}
}

// snaxArgumentFunctions are require "snax.arguments", which snaxd uses: what the service
// was initialised with stays with it, whatever code it runs, as the words of a launch do.
func snaxArgumentFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{"set": setSnaxArguments, "get": getSnaxArguments}
}

// setSnaxArguments is arguments.set(...).
func setSnaxArguments(L *lua.LState) int {
	t := taskOf(L)
	t.service.initialised = append([]lua.LValue{}, t.pack(L, 1).Values()...)
	return 0
}

// getSnaxArguments is arguments.get(): whether there are any, and the values.
func getSnaxArguments(L *lua.LState) int {
	values := taskOf(L).service.initialised
	L.Push(lua.LBool(values != nil))
	for _, v := range values {
		L.Push(copyValue(v))
	}
	return 1 + len(values)
}
