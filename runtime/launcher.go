package runtime

import (
	"fmt"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// launcher is service 3, .launcher (launcher.lua): it answers for those
// scripts that ask it directly. skynet.newservice doesn't go through it.
type launcher struct{ node *Node }

func (l launcher) Handle(s *Service, m Message) {
	values, ok := s.command(m, "the launcher")
	if !ok {
		return
	}
	switch strings.ToUpper(value.String(values[0])) {
	case "LIST":
		s.Respond(m, l.each(ServiceInfo.launchLine))
	case "STAT":
		s.Respond(m, l.each(ServiceInfo.statistics))
	case "GC", "MEM":
		l.weigh(m)
	case "LAUNCH", "LOGLAUNCH":
		l.launch(s, m, values[1:])
	case "KILL":
		l.kill(s, m, values[1:])
	case "REMOVE":
		s.Respond(m)
	default:
		unknown := value.NewTable(0, 0)
		unknown.Append(lua.LString("Unknown command"))
		s.Respond(m, unknown)
	}
}

// each is a table of what tell says of every service, by address.
func (l launcher) each(tell func(ServiceInfo) lua.LValue) *value.Table {
	all := value.NewTable(0, 0)
	for _, info := range l.node.figures(l.node.services()) {
		if !info.System {
			all.RawSetString(info.Address(), tell(info))
		}
	}
	return all
}

// launchLine is what the service was launched by.
func (i ServiceInfo) launchLine() lua.LValue { return lua.LString("snlua " + i.Title) }

func (i ServiceInfo) statistics() lua.LValue {
	stat := value.NewTable(0, 0)
	stat.RawSetString("task", lua.LNumber(i.Tasks))
	stat.RawSetString("mqlen", lua.LNumber(i.Mailbox))
	stat.RawSetString("cpu", value.OfFloat(i.CPU.Seconds()))
	stat.RawSetString("message", lua.LNumber(i.Messages))
	return stat
}

// weigh has each service say how large it is, and then answers with all of it.
func (l launcher) weigh(m Message) {
	all := value.NewTable(0, 0)
	var mu sync.Mutex
	left := 1
	done := func() {
		if left--; left == 0 {
			l.node.send(nil, m.Source, PTypeResponse, m.Session, ValueData(all))
		}
	}
	mu.Lock()
	defer mu.Unlock()
	for _, s := range l.node.services() {
		if s.native != nil {
			continue
		}
		told := l.node.do(s, func(s *Service) {
			mu.Lock()
			defer mu.Unlock()
			if s.code != nil {
				all.RawSetString(s.actor.Handle().String(), lua.LString(fmt.Sprintf("%.2f Kb (snlua %s)", float64(s.weigh())/1024, s.title())))
			}
			done()
		})
		if told {
			left++
		}
	}
	done()
}

func (l launcher) kill(s *Service, m Message, values []lua.LValue) {
	h, ok := handleOf(l.node, values)
	victim := l.node.grab(h)
	if !ok || victim == nil {
		s.Refuse(m, "no such service")
		return
	}
	line := victim.info().launchLine()
	if err := l.node.Kill(h); err != nil {
		s.Refuse(m, err.Error())
		return
	}
	killed := value.NewTable(0, 0)
	killed.RawSetString(h.String(), line)
	s.Respond(m, killed)
}

func (l launcher) launch(s *Service, m Message, values []lua.LValue) {
	if len(values) < 2 {
		s.Refuse(m, "LAUNCH wants a kind and a name")
		return
	}
	name, args := launchWords(value.String(values[1]), textsOf(values[2:]))
	asker := l.node.grab(m.Source)
	if asker == nil || !asker.starting.Load() || !l.node.do(asker, func(asker *Service) { l.launchInStart(asker, m, name, args) }) {
		l.launchNew(nil, m, name, args)
	}
}

// launchInStart is launch for a service that may be in a start function: it may have
// launched a service with these words before. It runs on that service.
func (l launcher) launchInStart(asker *Service, m Message, name string, args []string) {
	t := asker.waits.get(m.Session).task
	if t != nil {
		if h := t.launchAgain(name, args); h != 0 {
			l.node.send(nil, m.Source, PTypeResponse, m.Session, ValueData(lua.LNumber(h)))
			return
		}
	}
	l.launchNew(t, m, name, args)
}

// launchNew launches a service for who asks, for its task if that is known.
func (l launcher) launchNew(t *Task, m Message, name string, args []string) {
	made, err := l.node.launch(nil, name, args, func(made *Service, err error) {
		if err != nil {
			l.node.send(nil, m.Source, PTypeError, m.Session, RawData(err.Error()))
			return
		}
		l.node.send(nil, m.Source, PTypeResponse, m.Session, ValueData(lua.LNumber(made.actor.Handle())))
	})
	switch {
	case err != nil:
		l.node.send(nil, m.Source, PTypeError, m.Session, RawData(err.Error()))
	case t != nil:
		t.launched(made)
	}
}

// textsOf are values as the words of a launch.
func textsOf(values []lua.LValue) []string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = value.String(v)
	}
	return words
}

func handleOf(n *Node, values []lua.LValue) (Handle, bool) {
	if len(values) == 0 {
		return 0, false
	}
	if name, ok := values[0].(lua.LString); ok {
		return n.Find(string(name))
	}
	i, ok := value.ToInt(values[0])
	return Handle(i), ok && i > 0
}

// Find is the handle of an address (`:0000000a`) or a name; the second result
// is false if there is none.
func (n *Node) Find(name string) (Handle, bool) {
	if h, ok := ParseHandle(name); ok {
		return h, true
	}
	h := n.handles.Find(name)
	return h, h != 0
}
