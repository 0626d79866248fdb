package runtime

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// A traced task writes a line to the log wherever it calls, sleeps, goes on,
// answers or ends: `<TRACE :00000008-1> nanoseconds what : file:line`. Its tag
// goes with its calls, so that the handlers that work for it are traced too.

// traceFunctions follow a request through the services.
func traceFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"trace":         apiTrace,
		"tracetag":      apiTraceTag,
		"tracecall":     apiTraceCall,
		"tracelog":      apiTraceLog,
		"trace_timeout": apiTraceTimeout,
		"traceproto":    apiTraceProto,
	}
}

// apiTrace is skynet.trace(info): the running task is traced from now on, unless
// skynet.traceproto has ruled that out.
func apiTrace(L *lua.LState) int {
	t := taskOf(L)
	if t.traceOff {
		return 0
	}
	t.startTrace()
	what := "trace"
	if info := L.Get(1); info != lua.LNil {
		what += " " + toText(L, info)
	}
	t.traceLine(vm.Of(L), what)
	return 0
}

func (t *Task) startTrace() {
	s := t.service
	s.traceID++
	t.trace = fmt.Sprintf("%s-%d", s.actor.Handle(), s.traceID)
}

// apiTraceTag is skynet.tracetag(): the tag of the running task; nil if it isn't
// traced, false if it can't be.
func apiTraceTag(L *lua.LState) int {
	switch t := taskOf(L); {
	case t.trace != "":
		L.Push(lua.LString(t.trace))
	case t.traceOff:
		L.Push(lua.LFalse)
	default:
		L.Push(lua.LNil)
	}
	return 1
}

// apiTraceCall is skynet.tracecall(tag, addr, type, msg, sz): rawcall, traced
// under a tag, whatever that of the task is.
func apiTraceCall(L *lua.LState) int {
	t, tag := taskOf(L), checkString(L, 1)
	L.Remove(1)
	to := t.checkAddress(L, 1)
	p := t.checkProtocol(L, 2)
	t.traceTagged(tag, "tracecall begin", nil, 0)
	t.service.node.send(t.service, to, PTypeTrace, 0, RawData(tag))
	d := t.ask(L, to, p.id, t.checkData(L, 3))
	t.traceTagged(tag, "tracecall end", nil, 0)
	pushData(L, d)
	return 2
}

// apiTraceLog is skynet.tracelog(tag, text, level): a line in the trace of that
// tag. With a level it says from where, as traceback does: 1 is the caller.
func apiTraceLog(L *lua.LState) int {
	tag, text := checkString(L, 1), checkString(L, 2)
	f := vm.Of(L)
	if th, ok := L.Get(3).(*lua.LState); ok {
		f = vm.CoroutineOf(th)
		L.Remove(3)
	} else if L.Get(3) == lua.LNil {
		f = nil
	}
	level := 1
	if L.Get(3) != lua.LNil {
		level = int(checkInteger(L, 3))
	}
	taskOf(L).traceTagged(tag, text, f, level)
	return 0
}

// apiTraceTimeout is skynet.trace_timeout(on): skynet.task shows of timers from
// where they were started.
func apiTraceTimeout(L *lua.LState) int {
	taskOf(L).gen.traceTimers = lua.LVAsBool(L.Get(1))
	return 0
}

// apiTraceProto is skynet.traceproto(type, flag): with true every request of
// that type is traced, with false none, whatever its sender wants; with nil
// those of traced senders.
func apiTraceProto(L *lua.LState) int {
	t := taskOf(L)
	t.gen.setTrace(t.checkProtocol(L, 1), L.Get(2))
	return 0
}

func (g *Generation) setTrace(p *protocol, flag lua.LValue) {
	if g.traced == nil {
		g.traced = make(map[PType]bool)
	}
	if on, ok := flag.(lua.LBool); ok {
		g.traced[p.id] = bool(on)
	} else {
		delete(g.traced, p.id)
	}
}

// traceLevels is how many positions a line of a trace shows.
const traceLevels = 3

// traceLine writes a line of the task's trace. f is the fiber that runs, nil
// where no position is wanted.
func (t *Task) traceLine(f *vm.Fiber, what string) { t.traceTagged(t.trace, what, f, 0) }

func (t *Task) traceTagged(tag, what string, f *vm.Fiber, level int) {
	s := t.service
	var at []string
	for ; f != nil && len(at) < traceLevels; level++ {
		if _, ok := f.Info(level); !ok {
			break
		}
		if where := f.Where(level); where != "" {
			at = append(at, strings.TrimSuffix(where, ": "))
		}
	}
	line := fmt.Sprintf("<TRACE %s> %d %s", tag, s.node.elapsed(), what)
	if len(at) > 0 {
		line += " : " + strings.Join(at, " ")
	}
	s.logFrom(nil, t, line)
}

// traceEnd writes that the task has ended, and how.
func (t *Task) traceEnd(err *vm.Error) {
	if err != nil {
		t.traceLine(nil, "error : "+firstLine(value.String(err.Value)))
		return
	}
	t.traceLine(nil, "end")
}

// traced writes a line without a position, if the task is traced.
func (t *Task) traced(what string) {
	if t.trace != "" {
		t.traceLine(nil, what)
	}
}

// sendTrace tells the receiver of the request that follows under which tag it
// is traced.
func (t *Task) sendTrace(f *vm.Fiber, to Handle) {
	t.traceLine(f, "call")
	t.service.node.send(t.service, to, PTypeTrace, 0, RawData(t.trace))
}

// tagged notes the tag of the next request of a sender.
func (s *Service) tagged(m Message) {
	if s.tags == nil {
		s.tags = make(map[Handle]string)
	}
	s.tags[m.Source] = m.Data.Text()
}

// traceRequest has the task of a request traced if its sender is, or its
// protocol.
func (g *Generation) traceRequest(t *Task, m Message) {
	tag := g.service.tags[m.Source]
	delete(g.service.tags, m.Source)
	switch on, set := g.traced[m.Type]; {
	case set && !on:
		t.traceOff = true
		return
	case tag != "":
		t.trace = tag
	case on:
		t.startTrace()
	default:
		return
	}
	t.traceLine(nil, "request")
}
