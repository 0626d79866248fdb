package runtime

import (
	"fmt"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/hotpatch"
	"devnode/runtime/internal/actor"
	"devnode/runtime/internal/attach"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// Generation is one loaded version of a service's code: its VM, the files that
// it has loaded, its dispatch functions, its tasks. The first is 1. From outside
// the package it is known by its number.
type Generation struct {
	service *Service
	number  int
	vm      *vm.VM
	files   *files

	protos      map[string]*protocol
	byType      [16]*protocol // those of skynet; all others are in protos only
	skynet      *value.Table  // require "skynet"
	lua         *protocol     // the one of almost all messages
	inits       []lua.LValue  // functions given to skynet.init
	start       lua.LValue    // given to skynet.start
	cellStart   lua.LValue    // given to skynet.start by the function of skynet.service
	initialised bool          // inits have been run
	// interruptedChunk tells that the main chunk waits for its turn (yieldTurn):
	// the start function has to wait for its end.
	interruptedChunk bool
	started          bool                    // its start function has returned
	first            *Task                   // of the list of living tasks
	responses        responses               // closures of skynet.response that it made
	unknownRequest   lua.LValue              // skynet.dispatch_unknown_request
	unknownAnswer    lua.LValue              // skynet.dispatch_unknown_response
	infoFunc         lua.LValue              // given to skynet.info_func
	debugCommands    map[string]lua.LValue   // of require "skynet.debug"
	traced           map[PType]bool          // skynet.traceproto
	cacheMode        uint8                   // of skynet.codecache: what was asked for
	traceTimers      bool                    // skynet.trace_timeout
	hooks            map[int]*socketHooks    // functions for its sockets
	atSwitch         []int32                 // sessions of tasks that wait to take over
	forward          map[PType]PType         // skynet.forward_type
	filter           lua.LValue              // skynet.filter
	lasting          map[string]*value.Table // the environments of the lines of `use`, by file
	memory           memory
	instances        []*hotpatch.Instance // of the files that it has run
	startWork        *startWork           // what its start function has left in their variables
	staleLook        bool                 // it will be looked for again
	staleCode        []hotpatch.Stale     // that goes on after a patch, as last looked for
	loading          map[string]*loading  // modules that tasks are loading
	requiring        map[*Task]*loading   // the innermost of each task

	states      *attach.States    // that libraries have of it, nil while there are none
	reload      *reloadHooks      // nil mostly
	loadDone    func(error)       // told of the end of the start function
	names       []givenName       // that it registered while it was prepared
	children    []*Service        // that it launched while it was prepared
	undo        []func()          // takes back what else it did while it was prepared
	successor   *carry            // what the next one has taken over by name
	launches    []launchedService // that its start has launched
	again       []launchedService // those of the generation before that it may find again
	found       []string          // those that it has found again, until that is told
	willRead    map[int]bool      // sockets that its tasks read once it serves
	ended       endedTasks        // of requests, while it drains
	draining    bool
	drainsSince time.Duration // once it was found that it has to drain
	retired     bool
	finalizing  bool                  // its __gc methods run for the last time
	cutOff      atomic.Pointer[error] // they have to end, and why
	expiry      *actor.Alarm          // ends the drain
}

// newGeneration makes the VM that will run version number of s.
func (s *Service) newGeneration(number int, fs *files) *Generation {
	g := &Generation{service: s, number: number, files: fs, protos: make(map[string]*protocol)}
	g.vm = vm.New(s.node.pool)
	g.vm.Owner = g
	g.vm.OnInterrupt = g.interrupted
	g.vm.Edition = g.editionText
	g.vm.Main = inMainChunk
	g.vm.KeepScope = g.keepScope
	g.watchMemory()
	g.lua = &protocol{name: "lua", id: PTypeLua}
	g.addProtocol(g.lua)
	g.addProtocol(&protocol{name: "response", id: PTypeResponse})
	g.addProtocol(&protocol{name: "error", id: PTypeError})
	g.addProtocol(s.node.debug)
	g.openLibs()
	return g
}

// keepScope notes the scope of a chunk that has run. A file that is run again and
// again, as by dofile in a loop, is noted only so often.
func (g *Generation) keepScope(main *lua.FunctionProto, cells []*lua.Upvalue, value lua.LValue) {
	if n := len(g.instances); n < maxInstances {
		in := &hotpatch.Instance{Main: main, Cells: cells, Value: value}
		g.instances = append(g.instances, in)
		g.takeOverModule(in)
	}
}

// maxInstances bounds the runs of chunks that a generation knows the scopes of.
const maxInstances = 4096

// inMainChunk tells whether a fiber runs a main chunk. All other code of a
// service runs in coroutines, as Lua sees it.
func inMainChunk(f *vm.Fiber) bool {
	t, ok := f.Owner.(*Task)
	return !ok || t == nil || t.kind == taskChunk
}

func (g *Generation) addProtocol(p *protocol) {
	if p.id == PTypeLua {
		g.lua = p
	}
	g.protos[p.name] = p
	if int(p.id) < len(g.byType) {
		g.byType[p.id] = p
	}
}

// protocolOf is the protocol of a message type, nil if there is none.
func (g *Generation) protocolOf(ptype PType) *protocol {
	if int(ptype) < len(g.byType) {
		return g.byType[ptype].live(g)
	}
	for _, p := range g.protos {
		if p.id == ptype {
			return p.live(g)
		}
	}
	return nil
}

// link puts a new task into the list of the living.
func (g *Generation) link(t *Task) {
	g.service.living++
	t.next = g.first
	if g.first != nil {
		g.first.prev = t
	}
	g.first = t
}

func (g *Generation) unlink(t *Task) {
	g.service.living--
	switch {
	case t.prev != nil:
		t.prev.next = t.next
	case g.first == t:
		g.first = t.next
	}
	if t.next != nil {
		t.next.prev = t.prev
	}
	t.prev, t.next = nil, nil
}

// tasks lists the living tasks, the oldest first.
func (g *Generation) tasks() []*Task {
	var list []*Task
	for t := g.first; t != nil; t = t.next {
		list = append(list, t)
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}

// dispatch makes the task that runs the handler of a message, nil if there is
// none to run.
func (g *Generation) dispatch(m Message) *Task {
	s := g.service
	p := g.protocolOf(m.Type)
	if g.forward != nil {
		p = g.forwarded(m.Type, p)
	}
	if g.filter != nil {
		return g.dispatchFiltered(m)
	}
	if p == nil || p.dispatch == nil {
		return g.unhandled(p, m)
	}
	if g.memory.limit > 0 && !g.memory.admits(m) {
		s.refuse(m, errNoMemory.Error())
		return nil
	}
	t := g.spare(taskRequest)
	t.own = request{session: m.Session, source: m.Source, ptype: m.Type, handlerUp: true}
	t.request = &t.own
	box := &s.worker.box
	session, source := box.Int(int(m.Session)), box.Int(int(m.Source))
	unpack := p.unpack
	if unpack == nil && m.Data.IsRaw() {
		unpack = s.node.skynet.Func("unpack")
	}
	if unpack == nil {
		t.args = append(append(t.args, session, source), m.Data.Values()...)
		s.spend(m.Data)
		t.fiber.Start(p.dispatch, t.args...)
	} else {
		t.reply = m.Data
		t.fiber.Start(sharedDispatch, p.dispatch, unpack, session, source)
	}
	g.link(t)
	if len(s.tags) > 0 || g.traced != nil {
		g.traceRequest(t, m)
	}
	return t
}

var sharedDispatch = value.Function(unpackAndDispatch)

// unpackAndDispatch is the body of a task for a protocol with an unpack
// function of its own, which may be Lua.
func unpackAndDispatch(L *lua.LState) int {
	t := taskOf(L)
	data := t.reply
	t.reply = nil
	dispatch, unpack := L.Get(1), L.Get(2)
	L.Push(dispatch)
	L.Push(L.Get(3))
	L.Push(L.Get(4))
	base := L.GetTop()
	L.Push(unpack)
	pushData(L, data)
	vm.Call(L, 2, lua.MultRet)
	vm.Call(L, 2+L.GetTop()-base, 0)
	return 0
}

// pushData pushes a message as skynet shows it: pointer and size.
func pushData(L *lua.LState, d *Data) {
	if d == nil {
		d = RawData("")
	}
	box := boxOf(L)
	L.Push(box.Userdata(d))
	L.Push(box.Int(d.Size()))
}

// unhandled is for a message that the service has no dispatch function for.
func (g *Generation) unhandled(p *protocol, m Message) *Task {
	s := g.service
	name := lua.LValue(lua.LNumber(m.Type))
	if p != nil {
		name = lua.LString(p.name)
	}
	if m.Session != 0 {
		s.refuse(m, fmt.Sprintf("no dispatch function for %s messages in %s", name, s.script))
		return nil
	}
	if g.unknownRequest != nil {
		return g.newTask(taskFork, g.unknownRequest, append(s.unknownArgs(m), name))
	}
	g.log("Unknown request (%s): %s", name, m.Data.Text())
	g.log("Unknown session : %d from %x", m.Session, uint32(m.Source))
	return nil
}

// handlerName is where the dispatch function of a message type is defined, in
// the form @file:line.
func (g *Generation) handlerName(ptype PType) string {
	p := g.protocolOf(ptype)
	if p == nil {
		return "?"
	}
	if fn, ok := p.dispatch.(*lua.LFunction); ok && !fn.IsG {
		return fmt.Sprintf("@%s:%d", fn.Proto.SourceName, fn.Proto.LineDefined)
	}
	return "=[C]:-1"
}

// close ends the generation at once: its tasks are killed, their callers
// told, and its VM is closed. Where the service lives on, so does what the kept
// state holds of it.
func (g *Generation) close(reason string, livesOn bool) {
	if g.retired {
		return
	}
	g.retired = true
	g.expiry.Stop()
	for _, t := range g.tasks() {
		g.service.kill(t, reason)
	}
	g.failDeferred(reason)
	if livesOn {
		g.end()
	} else {
		g.finalize()
	}
}

// finalize runs the __gc methods and frees the VM.
func (g *Generation) finalize() {
	g.runFinalizers()
	g.states.Tell(attach.Ended, nil)
	g.states = nil
	g.vm.Close()
	g.protos, g.byType = nil, [16]*protocol{}
	g.inits, g.start, g.filter, g.unknownRequest, g.unknownAnswer, g.infoFunc, g.lasting = nil, nil, nil, nil, nil, nil, nil
	g.reload, g.hooks, g.instances, g.successor = nil, nil, nil, nil
	g.vm = nil
	g.service.node.sched.TidyAll()
	g.service.node.reclaim.soon()
}

// settle looks, after one of its tasks has ended or answered, whether a
// generation that was replaced has anything left to do.
func (g *Generation) settle() {
	if u := g.service.upgrade; u != nil && u.holding && g == g.service.code {
		u.migrateWhenIdle()
		return
	}
	if !g.draining || g.retired {
		return
	}
	g.cutBackground("")
	if g.first == nil && len(g.responses) == 0 {
		g.retire()
	}
}

// cutBackground ends the tasks that work for nobody who waits.
func (g *Generation) cutBackground(reason string) {
	for _, t := range g.tasks() {
		if t.state != taskOver && t != g.service.running && !t.request.pending() {
			if g.ended != nil {
				g.ended.add(t)
			}
			g.service.kill(t, reason)
		}
	}
}

// failDeferred answers for the responses that were never fired.
func (g *Generation) failDeferred(reason string) {
	g.responses.fail(g.service, reason)
	g.responses = nil
}
