package runtime

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"devnode/runtime/internal/actor"
	"devnode/runtime/internal/attach"
	"devnode/runtime/internal/env"
	"devnode/runtime/internal/reclaim"
	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/vm"
)

// Errors of a node's methods.
var (
	ErrNoService = errors.New("no such service")
	ErrClosed    = errors.New("the node is closed")
	// ErrSuperseded is why a reload ended before it took effect: a newer one of
	// the same service began.
	ErrSuperseded = errors.New("given up for a newer reload")
	// ErrUpToDate is why a reload that was wanted only if needed was none.
	ErrUpToDate = errors.New("it runs these files already")
)

// Node is one running set of services (skynet_start.c). All its methods are
// safe for concurrent use. Close must be called when it is no longer needed.
type Node struct {
	config  Config
	handles *actor.Directory
	env     *env.Env
	sched   *actor.Scheduler
	timers  *actor.Timers

	logger  *logger
	stdout  *lineWriter
	events  *events
	unique  *uniques
	monitor *monitor
	reclaim *reclaim.Reclaimer
	states  attach.States // that libraries have of the node

	exitMonitor atomic.Uint32 // handle of the service given to skynet.monitor

	builtins             // what scripts require of it
	codeCaches           // what is compiled and read once
	starts     sync.Pool // of beforeStart
	lifetime             // from its making to its end
}

// New makes a node and starts its own services. Nothing of the user's runs
// before Launch.
func New(config Config) *Node {
	config = config.withDefaults()
	n := &Node{
		config:     config,
		handles:    actor.NewDirectory(),
		env:        newEnv(config),
		codeCaches: codeCaches{pool: vm.NewPool(), compiler: newCompiler(), sources: newSources()},
		lifetime:   lifetime{epoch: time.Now(), aborted: make(chan struct{}), quiet: make(chan struct{})},
	}
	n.ctx, n.cancel = context.WithCancel(context.Background())
	n.sched = newScheduler(n)
	n.timers = actor.NewTimers(n.sched)
	n.logger = newLogger(n, n.config.Log)
	n.stdout = &lineWriter{out: n.config.Stdout}
	n.skynet = newSkynetModule()
	n.reloads = stdlib.NewModule("reload.", reloadFunctions(), nil)
	n.builtin = stdlib.NewModule("", n.moduleLoaders(), nil)
	n.fallback = stdlib.NewModule("", n.fallbackLoaders(), nil)
	n.debug = newDebugProtocol()
	n.events = newEvents()
	n.unique = newUniques()
	n.monitor = newMonitor(n)
	n.reclaim = reclaim.New()
	n.native(handleLogger, ".logger", "logger", n.logger)
	n.native(handleBootstrap, "", "bootstrap", inert{})
	n.native(handleLauncher, ".launcher", "launcher", launcher{n})
	n.native(handleManager, ".service", "service_mgr", serviceManager{n, newSnaxLaunches()})
	n.sched.Start()
	n.timers.Start()
	n.monitor.start()
	n.reclaim.Start()
	n.startLogService()
	return n
}

// native adds one of the node's own services.
func (n *Node) native(h Handle, name, script string, impl Native) *Service {
	s := &Service{node: n, script: script, native: impl, born: time.Now()}
	n.register(s, h)
	if name != "" {
		n.handles.Name(name, s.actor.Handle())
	}
	return s
}

// inert is a service that does nothing.
type inert struct{}

func (inert) Handle(s *Service, m Message) { s.Refuse(m, "nobody answers here") }

// send delivers a message in the name of from, which may be nil. It is false
// when there is no such service.
func (n *Node) send(from *Service, to Handle, ptype PType, session int32, data *Data) bool {
	s := n.grab(to)
	if s == nil {
		return false
	}
	m := Message{Data: data, Session: session, Type: ptype}
	var w *worker
	if from != nil {
		m.Source, w = from.actor.Handle(), from.worker
	}
	return n.push(s, m, w)
}

// do runs fn on the service, between two messages. It is false, and fn will
// not run, when the service is gone; while the service ends, fn runs once it
// has ended (s.dead).
func (n *Node) do(s *Service, fn func(*Service)) bool {
	return n.push(s, s.controlMessage(fn), nil)
}

// ask runs fn on the service and waits for it to have run.
func (n *Node) ask(ctx context.Context, s *Service, fn func(*Service)) error {
	done := make(chan struct{})
	if !n.do(s, func(s *Service) { fn(s); close(done) }) {
		return fmt.Errorf("%s: %w", s.actor.Handle(), ErrNoService)
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s (%s): no answer: %w; %s", s.actor.Handle(), s.script, ctx.Err(), s.busyWith())
	}
}

// Service finds a live service.
func (n *Node) Service(h Handle) (*Service, error) {
	if s := n.grab(h); s != nil {
		return s, nil
	}
	return nil, fmt.Errorf("%s: %w", h, ErrNoService)
}
