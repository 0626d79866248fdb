package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/vm"
)

type taskState uint8

const (
	taskReady  taskState = iota // made, not started
	taskActive                  // started: it runs, or waits
	taskOver
)

type taskKind uint8

const (
	taskRequest taskKind = iota // handles a message
	taskFork
	taskTimeout
	taskMain   // a start function
	taskInject // code from the console
	taskChunk  // a main chunk
)

var taskKindNames = [...]string{"request", "fork", "timeout", "start", "inject", "start"}

// Task is one running handler, fork or timer callback: what skynet runs in a
// coroutine. It belongs to a generation and lives on a fiber of its VM. From
// outside the package it is known by its TaskInfo.
type Task struct {
	service *Service
	gen     *Generation
	fiber   *vm.Fiber
	kind    taskKind
	state   taskState
	request *request // what it works for; nil for background tasks
	own     request  // of a taskRequest
	args    []lua.LValue
	ended   func(*Task) // called once it is over

	injection *injection // that it is of, nil mostly
	from      *injection // whose code has started it, nil mostly

	pause    taskPause // while its generation waits for the switch
	shared   bool      // forks refer to own: the task can't be reused
	starting bool      // a fork of the start function that hasn't waited yet

	taskWait  // what it waits for
	taskTrace // what is noted of it
	taskLinks // its neighbours
}

// request is a message that a task answers.
type request struct {
	session   int32
	source    Handle
	ptype     PType
	answered  bool // or never to be answered
	deferred  bool // skynet.response has taken it over
	handlerUp bool // its handler still runs
}

// pending tells whether tasks that work for the request have to go on.
func (r *request) pending() bool {
	return r != nil && (r.handlerUp || r.session != 0 && !r.answered)
}

// newTask makes a task of g that will run fn with args. It takes args over.
func (g *Generation) newTask(kind taskKind, fn lua.LValue, args []lua.LValue) *Task {
	t := g.spare(kind)
	t.fiber.Start(fn, args...)
	g.link(t)
	return t
}

// spare gives an unused task, with the goroutine and the thread of one that
// has ended if the worker has any. It runs on the service's worker.
func (g *Generation) spare(kind taskKind) *Task {
	t := g.service.worker.spareTask()
	if t == nil {
		t = &Task{}
		t.fiber = g.vm.NewFiber(t)
	} else {
		t.fiber.Reset(g.vm, t)
	}
	t.service, t.gen, t.kind, t.state = g.service, g, kind, taskReady
	return t
}

// discard gives back what a task that is over was using. What Lua, or a fork,
// may still refer to is left to the garbage collector.
func (t *Task) discard() {
	f, w := t.fiber, t.service.worker
	w.host.Reclaim(f)
	for i := len(t.args) - 1; i >= 0; i-- { // they are few: clear would take longer
		t.args[i] = nil
	}
	if t.shared || f.Seen() || len(w.spare) >= maxSpare {
		f.Release()
		return
	}
	*t = Task{fiber: f, args: t.args[:0], state: taskOver}
	w.spare = append(w.spare, t)
}

// maxSpare bounds the ended tasks that a worker keeps for reuse.
const maxSpare = 64

func (w *worker) spareTask() *Task {
	n := len(w.spare)
	if n == 0 {
		return nil
	}
	t := w.spare[n-1]
	w.spare[n-1] = nil
	w.spare = w.spare[:n-1]
	return t
}

// releaseSpare ends the goroutines of the tasks that are kept for reuse.
func (w *worker) releaseSpare() {
	for _, t := range w.spare {
		t.fiber.Release()
	}
	w.spare = nil
	w.host.Release()
}

// inherit has t work for the request that its maker works for, and remember the
// injected code that began it.
func (t *Task) inherit(maker *Task) {
	if maker == nil {
		return
	}
	t.from = maker.from
	if maker.injection != nil {
		t.from = maker.injection
	}
	if maker.request == nil {
		return
	}
	t.request = maker.request
	maker.shared = true
}

// taskOf is the task that L runs in. It raises an error outside of any, as in
// a __gc method.
func taskOf(L *lua.LState) *Task {
	if f := vm.Of(L); f != nil {
		if t, ok := f.Owner.(*Task); ok && t != nil {
			return t
		}
	}
	L.RaiseError("skynet: there is no service here (a __gc method may not use it)")
	return nil
}

// step runs a task until it suspends or ends, then those that were woken
// meanwhile. t may be nil.
func (s *Service) step(t *Task) {
	for t != nil {
		if t.state != taskOver && s.resume(t) == vm.Dead {
			s.finish(t)
		}
		if s.leaving != nil {
			return
		}
		t = s.nextWoken()
	}
}

func (s *Service) resume(t *Task) (state vm.State) {
	if t.pause != notPaused {
		s.noteDue(t)
		return vm.Parked
	}
	t.state = taskActive
	outer := s.running
	s.running = t
	if t.profile != nil {
		t.profile.begin(s.node.elapsed())
	}
	if s.upgrade != nil && s.upgrade.next == t.gen {
		state = s.resumePrepared(t)
	} else {
		if s.upgrade != nil && s.upgrade.carry != nil {
			s.upgrade.carry.disturbed = true
		}
		state = t.fiber.Resume()
	}
	s.suspended(t)
	s.running = outer
	return state
}

// suspended is told that a task runs no more, for now or for good.
func (s *Service) suspended(t *Task) {
	if t.profile != nil {
		t.profile.end(s.node.elapsed())
	}
	s.running = nil
}

// resumePrepared resumes code of the generation that is being prepared, which
// sees the classes as it makes them. The others see them as they were.
func (s *Service) resumePrepared(t *Task) vm.State {
	u := s.upgrade
	t.gen.reloads().swapClasses()
	u.carry.enter()
	defer func() {
		u.carry.leave()
		if s.upgrade == u {
			t.gen.reloads().swapClasses()
		}
	}()
	return t.fiber.Resume()
}

// finish does what is left to do for a task that has ended.
func (s *Service) finish(t *Task) {
	g := t.gen
	t.state = taskOver
	g.unlink(t)
	if t.kind == taskRequest {
		t.own.handlerUp = false
	}
	err := t.fiber.Failure()
	if err != nil {
		g.errorText(err)
	}
	if t.trace != "" {
		t.traceEnd(err)
	}
	if t.fiber.Dying() != nil {
		g.reportClosing(err)
	}
	left := s.leaving != nil && (err == nil || t.fiber.Dying() != nil) // and has not failed on its own
	switch {
	case left && t.kind == taskRequest && !t.own.deferred:
		t.own.fail(s, s.leaving.Error())
	case left:
	case err != nil:
		s.taskFailed(t, err)
	case t.kind == taskRequest && t.own.session != 0 && !t.own.answered && !t.own.deferred:
		s.forgotten(t)
	}
	if t.ended != nil {
		t.ended(t)
	}
	g.settle()
	t.discard()
}

// taskFailed answers the request of a task that raised an error, and logs it
// in the manner of skynet's snlua.
func (s *Service) taskFailed(t *Task, err *vm.Error) {
	switch {
	case t.kind == taskRequest && t.own.deferred:
		t.gen.handlerFailed(t, err.Text())
	case t.kind == taskRequest:
		t.own.fail(s, err.Text())
	}
	if t.ended != nil { // whoever waits for it reports it
		return
	}
	m := s.message
	t.gen.log("lua call [%x to :%x : %d msgsz = %d] error : %s", uint32(m.Source), uint32(s.actor.Handle()), m.Session, m.Data.SizeNow(), err.Error())
}

// fail answers the request with an error, unless it was answered.
func (r *request) fail(s *Service, reason string) {
	if r.session != 0 && !r.answered {
		r.answered = true
		s.node.send(s, r.source, PTypeError, r.session, RawData(reason))
	}
}

// forgotten answers for a handler that returned without an answer: in skynet
// its caller would wait for ever.
func (s *Service) forgotten(t *Task) {
	t.gen.log("Maybe forgot response session %d from %s : %s", t.own.session, t.own.source, t.gen.handlerName(t.own.ptype))
	t.own.fail(s, "the handler returned without a response")
}

// kill ends a task that doesn't run now. No more of its code runs.
func (s *Service) kill(t *Task, reason string) { s.killBy((*vm.Fiber).Kill, t, reason) }

// killBy is kill, by the given method of its fiber. The task counts as over from
// the start: code that the method runs can't have it killed again.
func (s *Service) killBy(end func(*vm.Fiber), t *Task, reason string) {
	if t.state == taskOver {
		return
	}
	s.forget(t)
	if t.kind == taskRequest && !t.own.deferred {
		t.own.fail(s, reason)
	}
	t.state = taskOver
	t.own.handlerUp = false
	end(t.fiber)
	t.gen.unlink(t)
	if t.ended != nil {
		t.ended(t)
	}
	t.fiber.Release()
}

// taskLinks are the neighbours of a task in the list of its generation.
type taskLinks struct {
	prev, next *Task // in the generation's list
}
