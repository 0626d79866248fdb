package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// queue is what require "skynet.queue" makes: functions given to one queue run
// one after another, also where they wait. A task that is in the queue may
// enter it again.
type queue struct {
	holder  *Task
	depth   int
	waiting []queued
}

type queued struct {
	task  *Task
	token *lua.LUserData
}

// openQueue is the loader of skynet.queue, which is a function, also of the
// module skynet from then on.
func openQueue(L *lua.LState) int {
	made := vm.Of(L).VM().NewFunction(func(L *lua.LState) int {
		q := &queue{}
		L.Push(value.Function(q.call))
		return 1
	})
	openSkynet(L)
	value.CheckTable(L, -1).RawSetString("queue", made)
	L.Push(made)
	return 1
}

// call runs a function with its arguments once it is its turn.
func (q *queue) call(L *lua.LState) int {
	t, f := taskOf(L), vm.Of(L)
	checkCallable(L, 1)
	q.enter(t, f)
	defer q.leave(t, f) // also when the function fails, or its task is killed
	n := L.GetTop()
	vm.Call(L, n-1, lua.MultRet)
	return L.GetTop()
}

func (q *queue) enter(t *Task, f *vm.Fiber) {
	if q.holder == nil {
		q.holder = t
	}
	if q.holder != t {
		w := queued{t, &lua.LUserData{Metatable: lua.LNil}}
		q.waiting = append(q.waiting, w)
		t.sleepOn(f, t.service.newSession(), w.token)
	}
	q.depth++
}

// leave lets the next task in.
func (q *queue) leave(t *Task, f *vm.Fiber) {
	q.depth--
	if q.depth > 0 {
		return
	}
	q.holder = nil
	s := t.service
	for len(q.waiting) > 0 {
		w := q.waiting[0]
		q.waiting = q.waiting[1:]
		if w.task.state != taskOver && w.task.token == lua.LValue(w.token) {
			q.holder = w.task
			s.wake(w.task)
			break
		}
	}
	if q.holder != nil && f.Dying() != nil {
		// A killed task suspends no more, after which the woken one would run.
		s.node.do(s, func(s *Service) { s.step(s.nextWoken()) })
	}
}
