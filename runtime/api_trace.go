package runtime

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/vm"
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
		"trace_timeout": func(*lua.LState) int { return 0 },
		"traceproto":    apiTraceProto,
	}
}

// apiTrace is skynet.trace(info): the running task is traced from now on.
func apiTrace(L *lua.LState) int {
	t := taskOf(L)
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
	t.trace = fmt.Sprintf("%s-%d", s.handle, s.traceID)
}

// apiTraceTag is skynet.tracetag(): the tag of the running task, if it is traced.
func apiTraceTag(L *lua.LState) int {
	if t := taskOf(L); t.trace != "" {
		L.Push(lua.LString(t.trace))
		return 1
	}
	L.Push(lua.LNil)
	return 1
}

// apiTraceCall is skynet.tracecall(tag, addr, type, msg, sz): rawcall, traced
// under a tag.
func apiTraceCall(L *lua.LState) int {
	t, tag := taskOf(L), L.CheckString(1)
	L.Remove(1)
	outer := t.trace
	t.trace = tag
	t.traceLine(nil, "tracecall begin")
	n := apiRawCall(L)
	t.traceLine(nil, "tracecall end")
	t.trace = outer
	return n
}

// apiTraceLog is skynet.tracelog(info): a line in the trace of the running
// task, if it is traced.
func apiTraceLog(L *lua.LState) int {
	if t := taskOf(L); t.trace != "" {
		t.traceLine(vm.Of(L), argsText(L, toText))
	}
	return 0
}

// apiTraceProto is skynet.traceproto(type, flag): with true every request of
// that type is traced, with false none, whatever its sender wants; with nil
// those of traced senders.
func apiTraceProto(L *lua.LState) int {
	taskOf(L).gen.setTrace(checkProtocol(L, 1), L.Get(2))
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

// traceLine writes a line of the trace. f is the fiber that runs, nil where no
// position is wanted.
func (t *Task) traceLine(f *vm.Fiber, what string) {
	s := t.service
	var at []string
	for level := 0; f != nil && len(at) < traceLevels; level++ {
		if _, ok := f.Info(level); !ok {
			break
		}
		if where := f.Where(level); where != "" {
			at = append(at, strings.TrimSuffix(where, ": "))
		}
	}
	line := fmt.Sprintf("<TRACE %s> %d %s", t.trace, s.node.elapsed(), what)
	if len(at) > 0 {
		line += " : " + strings.Join(at, " ")
	}
	s.logFrom(t, line)
}

// traceEnd writes that the task has ended, and how.
func (t *Task) traceEnd(err *vm.Error) {
	if err != nil {
		t.traceLine(nil, "error : "+firstLine(err.Value.String()))
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
func (s *Service) tagged(m message) {
	if s.tags == nil {
		s.tags = make(map[Handle]string)
	}
	s.tags[m.source] = m.data.Text()
}

// traceRequest has the task of a request traced if its sender is, or its
// protocol.
func (g *Generation) traceRequest(t *Task, m message) {
	tag := g.service.tags[m.source]
	delete(g.service.tags, m.source)
	switch on, set := g.traced[m.ptype]; {
	case set && !on:
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
