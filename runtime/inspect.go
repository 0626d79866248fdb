package runtime

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/hotpatch"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// Standing is how a service stands, as far as it can be told without asking it.
type Standing struct {
	Generation int              // that answers new requests
	State      string           // "loading", "running", "stale", "preparing", "switching", "ending"
	Preparing  int              // the generation that is to follow, 0 for none
	Draining   int              // older generations that still answer what they were asked
	Drains     []int            // their numbers, the oldest first
	LastReload *ReloadRecord    // nil if there was none since the launch
	Stale      []hotpatch.Stale // old code that goes on after a patch
	Failure    string           // why the last reload failed; empty once one succeeds
	FailedAt   time.Time        // when the first reload failed since one succeeded

	files   *files
	pending *files // of the generation that is being prepared
	tried   *files // of the last reload, if it failed
	args    []string
}

// StaleCalls is how many calls go on in old code.
func (st Standing) StaleCalls() int {
	n := 0
	for _, s := range st.Stale {
		n += s.Count
	}
	return n
}

func (s *Service) stateName() string {
	switch {
	case s.upgrade != nil && s.upgrade.holding:
		return "switching" // the kept state is to be migrated before
	case s.upgrade != nil:
		return "preparing"
	case !s.code.started:
		return "loading"
	case len(s.code.staleCode) > 0:
		return "stale"
	default:
		return "running"
	}
}

// ServiceInfo is a line of Node.List.
type ServiceInfo struct {
	Handle   Handle
	Names    []string // sorted, where they are no more than 1,000
	Script   string   // what it was launched as: name
	Args     []string // and arguments
	Title    string   // both
	System   bool     // one of the node's own services
	Mailbox  int      // messages that wait
	Messages uint64   // handled so far
	CPU      time.Duration
	Born     time.Time
	Tasks    int    // that run or wait
	Memory   int64  // in bytes, as last weighed (Node.Memory); 0 is never
	Endless  bool   // in one message for longer than the monitor's period
	Busy     bool   // in one message for so long that it isn't asked, but looked at
	Doing    string // what it runs at this moment, empty when idle
	Standing
}

// Address is the printed handle.
func (i ServiceInfo) Address() string { return i.Handle.String() }

// List tells of all services, by handle, also of those that take long to end. It waits for none of them, but for the
// moment in which code that runs for long says at which line it is.
func (n *Node) List() []ServiceInfo {
	services := append(n.services(), n.slowEndings()...)
	list := n.figures(services)
	var looks sync.WaitGroup
	for i, s := range services {
		if s.progress().Running {
			looks.Go(func() { list[i].look(s) })
		}
	}
	looks.Wait()
	return list
}

// figures is what List tells of services without asking what they run. Services
// may call it. It sorts the services.
func (n *Node) figures(services []*Service) []ServiceInfo {
	sort.Slice(services, func(i, j int) bool { return services[i].actor.Handle() < services[j].actor.Handle() })
	list := make([]ServiceInfo, len(services))
	for i, s := range services {
		list[i] = s.info()
	}
	return list
}

// look adds what the service runs.
func (i *ServiceInfo) look(s *Service) {
	doing, ok := s.doing()
	if ok {
		i.Doing, i.Busy = doing.String(), doing.For >= busyAfter
	}
}

// sortedNames is how many names of a service are put in order. One that takes names
// without end must not make each question wait for that.
const sortedNames = 1000

func (s *Service) info() ServiceInfo {
	names := s.node.handles.NamesOf(s.actor.Handle())
	if len(names) <= sortedNames {
		sort.Strings(names)
	}
	figures := s.actor.Mailbox.Look()
	i := ServiceInfo{
		Handle: s.actor.Handle(), Names: names, Script: s.script, Title: s.script, System: s.native != nil,
		Mailbox: s.actor.Mailbox.Len(), Messages: figures.Messages, CPU: s.node.sched.CPU(&s.actor),
		Born: s.born, Tasks: int(figures.Tasks), Endless: s.spinsStill(), Memory: s.weight.Load(),
	}
	if st := s.standing.Load(); st != nil {
		i.Standing = *st
		i.Args = st.args
		i.Title = strings.Join(append([]string{s.script}, st.args...), " ")
	}
	if s.node.grab(s.actor.Handle()) != s {
		i.State = "ending"
	}
	return i
}

// describe is a task in a few words, for the log.
func (t *Task) describe() string {
	what := taskKindNames[t.kind]
	if t.kind == taskRequest {
		what = fmt.Sprintf("request %d from %s", t.own.session, t.own.source)
	}
	if at := t.at(); at != "" {
		what += " at " + at
	}
	return what
}

// at is the Lua line where a task stands, empty if it has not started.
func (t *Task) at() string {
	if t.state != taskActive {
		return ""
	}
	for level := range 20 {
		if where := t.fiber.Where(level); where != "" {
			return strings.TrimSuffix(where, ": ")
		}
	}
	return ""
}

// doing says where the generation's main chunk, start function or migration
// stands, for an error message.
func (g *Generation) doing() string {
	for t := g.first; t != nil; t = t.next {
		if at := t.at(); t.kind == taskMain && at != "" {
			return " (it is at " + at + ")"
		}
	}
	return ""
}

// TaskInfo is one living task of a service.
type TaskInfo struct {
	Name       string // as long as it lives: `thread: 0xc000123`
	Generation int
	Kind       string
	Running    bool  // it runs at this moment
	Session    int32 // that it waits for
	Source     Handle
	At         string
	Traceback  string
	// Of a timer or a fork that has not begun: the function that it will run, when it
	// is due, and who started it.
	Function string        // `tick (room.lua:40)`
	Due      time.Duration // from now; 0 where nothing tells
	Starter  string        // `request 5 from :0000000a`, or `the start function`
}

// Tasks lists the living tasks of a service, the oldest first. One that runs for
// long is shown where it is.
func (n *Node) Tasks(ctx context.Context, h Handle) ([]TaskInfo, error) {
	s, err := n.Service(h)
	if err != nil {
		return nil, err
	}
	var list []TaskInfo
	err = n.inspect(ctx, s, func(s *Service, running *vm.Fiber) {
		for _, g := range s.generations() {
			for _, t := range g.tasks() {
				list = append(list, t.infoWith(running))
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// infoWith is info while the code of a fiber runs, which may be a coroutine; it is
// nil between two messages.
func (t *Task) infoWith(running *vm.Fiber) TaskInfo {
	info := t.info()
	if running == nil || running.Root() != t.fiber {
		return info
	}
	info.Running, info.At = true, lineOf(running)
	if running != t.fiber {
		info.Traceback = running.Traceback("", 0) + "\n" + info.Traceback
	}
	return info
}

func (t *Task) info() TaskInfo {
	info := TaskInfo{
		Name: fmt.Sprintf("thread: %p", t), Generation: t.gen.number, Kind: taskKindNames[t.kind],
		Session: t.session, Source: t.own.source, At: t.at(),
	}
	if t.state == taskActive {
		info.Traceback = t.fiber.Traceback("", 0)
		return info
	}
	if fn := t.function(); fn != nil {
		info.Function = t.gen.nameOf(fn)
	}
	info.Due = t.gen.service.node.timers.Due(&t.gen.service.actor, t.session)
	info.Starter = t.starter()
	return info
}

// Call sends a lua request as if from the console, and waits for the answer. A
// service that is starting gets it once it can handle it. The values given must
// be immutable or owned by nobody else; those returned are the caller's.
func (n *Node) Call(ctx context.Context, h Handle, values ...lua.LValue) ([]lua.LValue, error) {
	answer := make(chan Message, 1)
	asker := n.native(0, "", "console", answers(answer))
	defer n.handles.Retire(asker.actor.Handle())
	s, err := n.Service(h)
	if err != nil {
		return nil, err
	}
	if err := n.awaitReady(ctx, s); err != nil {
		return nil, err
	}
	if !n.push(s, Message{Source: asker.actor.Handle(), Session: 1, Type: PTypeLua, Data: ValueData(values...)}, nil) {
		return nil, fmt.Errorf("%s: %w", h, ErrNoService)
	}
	select {
	case m := <-answer:
		if m.Type == PTypeError {
			return nil, fmt.Errorf("call failed: %s", m.Data.Text())
		}
		return m.Data.Values(), nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%s (%s): no answer: %w; %s", h, s.script, ctx.Err(), s.busyWith())
	}
}

// answers is a service that passes on the first answer it gets.
type answers chan Message

func (a answers) Handle(_ *Service, m Message) {
	select {
	case a <- m:
	default:
	}
}

// copyValue is v for another goroutine to read: tables are copied, as far as
// they nest.
func copyValue(v lua.LValue) lua.LValue { return copyDeep(v, map[*value.Table]*value.Table{}) }

func copyDeep(v lua.LValue, seen map[*value.Table]*value.Table) lua.LValue {
	t, ok := v.(*value.Table)
	if !ok {
		return v
	}
	if c := seen[t]; c != nil {
		return c
	}
	c := value.NewTable(0, 0)
	seen[t] = c
	t.ForEach(func(k, v lua.LValue) { c.RawSet(copyDeep(k, seen), copyDeep(v, seen)) })
	return c
}
