package runtime

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// taskFunctions fork, suspend and wake tasks.
func taskFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"fork":    apiFork,
		"timeout": apiTimeout,
		"sleep":   apiSleep,
		"yield":   apiYield,
		"wait":    apiWait,
		"wakeup":  apiWakeup,
	}
}

// apiFork is skynet.fork(func, ...): func runs after the present handler.
func apiFork(L *lua.LState) int {
	t := taskOf(L)
	fn := checkCallable(L, 1)
	var args []lua.LValue
	for i := 2; i <= L.GetTop(); i++ {
		args = append(args, L.Get(i))
	}
	child := t.gen.newTask(taskFork, fn, args)
	child.inherit(t)
	child.starting = t.inStart()
	t.service.forks = append(t.service.forks, child)
	L.Push(child.fiber.Identity())
	return 1
}

// apiTimeout is skynet.timeout(ti, func): func runs in ti centiseconds.
func apiTimeout(L *lua.LState) int {
	t := taskOf(L)
	ti := checkInteger(L, 1)
	child := t.gen.newTask(taskTimeout, checkCallable(L, 2), nil)
	child.inherit(t)
	child.starting = ti == 0 && t.inStart()
	if t.gen.traceTimers {
		now := t.service.node.elapsed() / centisecond
		child.origin = vm.Of(L).Traceback(fmt.Sprintf("TIMER %d+%d : ", now, ti), 1)
	}
	session := t.service.newSession()
	child.expect(session, 0)
	t.service.expireIn(session, ti)
	L.Push(child.fiber.Identity())
	return 1
}

// apiSleep is skynet.sleep(ti, token): it returns "BREAK" when it was woken.
func apiSleep(L *lua.LState) int {
	ti := checkInteger(L, 1)
	t, f := taskOf(L), vm.Of(L)
	token := tokenArgument(L, 2, f)
	t.checkToken(L, token)
	session := t.service.newSession()
	t.service.expireIn(session, ti)
	t.sleepOn(f, session, token)
	if t.woken {
		L.Push(lua.LString("BREAK"))
		return 1
	}
	return 0
}

func apiYield(L *lua.LState) int {
	L.SetTop(0)
	L.Push(lua.LNumber(0))
	return apiSleep(L)
}

// apiWait is skynet.wait(token).
func apiWait(L *lua.LState) int {
	t, f := taskOf(L), vm.Of(L)
	token := tokenArgument(L, 1, f)
	t.checkToken(L, token)
	t.sleepOn(f, t.service.newSession(), token)
	return 0
}

// tokenArgument is what skynet.wakeup will name: by default the coroutine.
func tokenArgument(L *lua.LState, n int, f *vm.Fiber) lua.LValue {
	if v := L.Get(n); v != lua.LNil {
		return value.Key(v)
	}
	return f.Identity()
}

func (t *Task) checkToken(L *lua.LState, token lua.LValue) {
	if other := t.service.sleeper(token, t.gen); other != nil && other.gen == t.gen {
		raise(L, "token duplicative")
	}
}

// sleepOn parks the task until its session expires or its token is woken.
func (t *Task) sleepOn(f *vm.Fiber, session int32, token lua.LValue) {
	s := t.service
	if f.Closing() {
		f.Park() // raises
	}
	s.addSleeper(t, token)
	if t.trace != "" {
		t.traceLine(f, "sleep")
	}
	t.await(f, session, 0)
	t.traced("resume")
	s.removeSleeper(t)
	t.starting = false
}

// apiWakeup is skynet.wakeup(token): true if somebody waits on it.
func apiWakeup(L *lua.LState) int {
	t := taskOf(L)
	sleeper := t.service.sleeper(value.Key(L.Get(1)), t.gen)
	if sleeper == nil {
		return 0
	}
	t.service.wake(sleeper)
	L.Push(lua.LTrue)
	return 1
}
