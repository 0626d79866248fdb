package runtime

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/actor"
	"devnode/runtime/internal/attach"
	"devnode/runtime/library"
	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/vm"
)

// Config says how a node is made. The zero value is usable: it finds services
// in the working folder and logs to standard error.
type Config struct {
	// Workers is the number of threads that run services; 0 is GOMAXPROCS.
	Workers int
	// Log takes the log, one line a write. It is written to by one goroutine
	// at a time.
	Log io.Writer
	// Stdout is what print writes to, by any service at any time, one write
	// a call.
	Stdout io.Writer
	// Stderr is what io.stderr writes to, by any service at any time. The default
	// is standard error.
	Stderr io.Writer
	// Stdin is what socket.stdin reads. A read that is in progress when the
	// node is closed goes on.
	Stdin io.Reader
	// Env are the settings that skynet.getenv reads, beside those of the node
	// itself: thread, harbor, luaservice and so on have a default.
	Env map[string]string
	// ServicePath holds the templates by which a service's script is found:
	// "dir/?.lua". The default is "./?.lua" and "./service/?.lua".
	ServicePath []string
	// LuaPath is package.path. The default is "./?.lua;./lualib/?.lua;./?/init.lua".
	LuaPath string
	// LuaCPath is package.cpath: where a module in C would be, for messages.
	LuaCPath string
	// Loaded, if set, is told of every file that a service loads from disk, with
	// its absolute path and the hash of the bytes, and with the zero Hash of every
	// path where it looked for one in vain. It is called by any goroutine and
	// must not block.
	Loaded func(path string, hash Hash)
	// Modules are Lua modules written in Go, by the names that require knows
	// them by.
	Modules map[string]ModuleLoader
	// Libraries are Lua modules written in Go that may wait, belong to services and
	// take part in reloads. A script's own file of such a name comes first.
	Libraries []library.Module
	// Services are services written in Go, by the names that scripts launch them by.
	Services map[string]OpenService
	// EndlessAfter is for how long a service may be in one message before the
	// log says so; 0 is 5 s.
	EndlessAfter time.Duration
	// ReloadTimeout bounds the preparation of a new generation; 0 is 5 s.
	ReloadTimeout time.Duration
	// EndTimeout bounds how long the __close and __gc methods of a service that
	// ends, or of a generation, may take; 0 is 5 s.
	EndTimeout time.Duration
	// DrainTimeout bounds how long a replaced generation may take to answer
	// what it was asked; 0 is 10 s.
	DrainTimeout time.Duration
}

func (c Config) withDefaults() Config {
	if c.Workers <= 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	if c.Log == nil {
		c.Log = os.Stderr
	}
	if c.Stdout == nil {
		c.Stdout = os.Stdout
	}
	if c.Stderr == nil {
		c.Stderr = os.Stderr
	}
	if len(c.ServicePath) == 0 {
		c.ServicePath = []string{"./?.lua", "./service/?.lua"}
	}
	if c.LuaPath == "" {
		c.LuaPath = "./?.lua;./lualib/?.lua;./?/init.lua"
	}
	if c.EndlessAfter <= 0 {
		c.EndlessAfter = monitorPeriod
	}
	if c.ReloadTimeout <= 0 {
		c.ReloadTimeout = 5 * time.Second
	}
	if c.EndTimeout <= 0 {
		c.EndTimeout = 5 * time.Second
	}
	if c.DrainTimeout <= 0 {
		c.DrainTimeout = 10 * time.Second
	}
	return c
}

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
	config   Config
	handles  *actor.Directory
	env      *env
	sched    *actor.Scheduler
	timers   *actor.Timers
	pool     *vm.Pool
	compiler *compiler
	sources  *sources

	descriptions descriptions
	firstValues  firstValues
	logger       *logger
	stdout       *lineWriter
	skynet       *stdlib.Module
	reloads      *stdlib.Module
	builtin      *stdlib.Module // loaders of the modules beside the standard library
	fallback     *stdlib.Module // loaders of those that files come before
	debug        *protocol
	events       *events
	unique       *uniques
	monitor      *monitor
	reclaim      *reclaimer
	natives      sync.WaitGroup // blocking work in progress
	globals      globalNames
	sockets      *sockets
	states       attach.States   // that libraries have of the node
	ctx          context.Context // ends when the node closes
	cancel       context.CancelFunc

	skynetLoader atomic.Pointer[knownLoader]

	exitMonitor atomic.Uint32  // handle of the service given to skynet.monitor
	living      sync.WaitGroup // services with code, until nothing of them is left

	epoch   time.Time
	closing atomic.Bool
	aborted chan struct{}
	abort   sync.Once
	status  int // set before aborted is closed
}

// New makes a node and starts its own services. Nothing of the user's runs
// before Launch.
func New(config Config) *Node {
	config = config.withDefaults()
	n := &Node{
		config:   config,
		handles:  actor.NewDirectory(),
		env:      newEnv(config),
		pool:     vm.NewPool(),
		compiler: newCompiler(),
		sources:  newSources(),
		epoch:    time.Now(),
		aborted:  make(chan struct{}),
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
	n.sockets = newSockets(n)
	n.events = newEvents()
	n.unique = newUniques()
	n.monitor = newMonitor(n)
	n.reclaim = newReclaimer()
	n.native(handleLogger, ".logger", "logger", n.logger)
	n.native(handleBootstrap, "", "bootstrap", inert{})
	n.native(handleLauncher, ".launcher", "launcher", launcher{n})
	n.native(handleManager, ".service", "service_mgr", serviceManager{n, newSnaxLaunches()})
	n.sched.Start()
	n.timers.Start()
	n.monitor.start()
	n.reclaim.start()
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

// elapsed is the time since the node was made.
func (n *Node) elapsed() time.Duration { return time.Since(n.epoch) }

// Aborted is closed when a service has asked for the end of the node
// (skynet.abort). The owner of the node then calls Close.
func (n *Node) Aborted() <-chan struct{} { return n.aborted }

// Abort asks the owner of the node to close it.
func (n *Node) Abort() { n.abortWith(0) }

// abortWith is Abort with a status for the process: os.exit of a service.
func (n *Node) abortWith(status int) {
	n.abort.Do(func() {
		n.status = status
		close(n.aborted)
	})
}

// Status is what a service has given os.exit as the status of the process. It is
// valid once Aborted is closed.
func (n *Node) Status() int { return n.status }

// Close ends all services, then the node. It waits for the handlers that run;
// one that doesn't end is interrupted. The last lines of the log are written
// when it returns. Closing twice does nothing.
func (n *Node) Close() {
	if n.closing.Swap(true) {
		return
	}
	n.Abort()
	for n.closeServices() {
	}
	n.living.Wait() // also those that were killed a moment ago
	n.monitor.halt()
	n.reclaim.halt()
	n.timers.Halt()
	n.cancel()
	n.sockets.halt()
	n.states.Tell(attach.Ended, nil)
	n.natives.Wait()
	n.sched.Halt()
	n.logger.flushFrom(n)
	n.events.close()
	n.pool.Close()
}

// closePatience is how long the __gc methods of services have when the node closes.
const closePatience = 300 * time.Millisecond

// closeServices ends the services there are and waits for them. It is false
// when there were none.
func (n *Node) closeServices() bool {
	var ending []*Service
	for _, s := range append(n.services(), n.leaving()...) {
		if s.native == nil {
			n.terminate(s, ErrClosed)
			ending = append(ending, s)
		}
	}
	patience := time.NewTimer(closePatience)
	defer patience.Stop()
	for _, s := range ending {
		select {
		case <-s.over:
			continue
		case <-patience.C:
		}
		for _, s := range ending {
			s.cutItsEnd(ErrClosed)
		}
		<-s.over
	}
	return len(ending) > 0
}

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

// launch makes a service and begins to load its script. done is told of the
// end of the start function, on the new service's own worker.
// from is the service that wants it, nil for none.
func (n *Node) launch(from *Service, script string, args []string, done func(*Service, error)) (*Service, error) {
	s := &Service{script: script, args: args}
	if from != nil {
		s.launchedBy(from)
	}
	made, err := n.begin(s, 0, done)
	if err != nil {
		s.hasRun()
	}
	return made, err
}

// begin is launch, of a service that nobody else knows yet, with the handle that it wants,
// 0 for any.
func (n *Node) begin(s *Service, want Handle, done func(*Service, error)) (*Service, error) {
	if n.closing.Load() {
		return nil, ErrClosed
	}
	if len(s.args) > maxWords {
		return nil, tooManyWords(len(s.args))
	}
	s.node, s.born, s.over = n, time.Now(), make(chan struct{})
	s.actor.Box.Owned, s.actor.Lingers = true, true
	n.living.Add(1)
	n.register(s, want)
	n.logLine(s.actor.Handle(), 0, strings.TrimRight("LAUNCH snlua "+s.title(), " "))
	s.launched = func(err error) { done(s, err) }
	n.do(s, (*Service).loadFirst)
	return s, nil
}

// loadFirst loads the first generation.
func (s *Service) loadFirst() {
	began := s.node.elapsed()
	s.lastGeneration = 1
	g := s.newGeneration(1, newFiles(newSnapshot(), s.node))
	s.code = g
	s.publish()
	g.load(argValues(s.args), func(err error) {
		g.files.settle()
		if err == nil {
			err = s.leaving // its start function has killed the service
		}
		if err != nil {
			if s.leaving == nil { // it has not left by itself
				s.log("%s", err)
			}
			s.leave(err)
			return
		}
		s.firstLoad = firstLoad{took: s.node.elapsed() - began, files: g.files.state()}
		s.publish()
		s.node.events.emit(Event{Kind: EventLaunched, Service: s.actor.Handle(), Script: s.script, Generation: 1})
		if told := s.launched; told != nil {
			s.launched = nil
			told(nil)
		}
	})
	if g.start == nil {
		s.hasRun()
	}
}

func argValues(words []string) []lua.LValue {
	values := make([]lua.LValue, len(words))
	for i, w := range words {
		values[i] = lua.LString(w)
	}
	return values
}

// leave has the service end as soon as the running task is out of the way.
func (s *Service) leave(why error) {
	if s.leaving == nil {
		s.leaving = why
	}
}

// Launch starts a service and waits until its start function has returned.
func (n *Node) Launch(ctx context.Context, script string, args ...string) (Handle, error) {
	done := make(chan error, 1)
	s, err := n.launch(nil, script, args, func(_ *Service, err error) { done <- err })
	if err != nil {
		return 0, fmt.Errorf("launch %s: %w", script, err)
	}
	select {
	case err := <-done:
		if err != nil {
			return 0, fmt.Errorf("launch %s: %w", script, err)
		}
		return s.actor.Handle(), nil
	case <-ctx.Done():
		return 0, fmt.Errorf("launch %s: %w; %s", script, ctx.Err(), s.busyWith())
	}
}

// Kill ends a service at once, also one that is in an endless loop: callers
// get an error.
func (n *Node) Kill(h Handle) error {
	s, err := n.endingService(h)
	if err != nil {
		return err
	}
	if s.native != nil {
		return fmt.Errorf("%s (%s) is one of the node's own services: it can't be killed", h, s.script)
	}
	if n.grab(h) != s {
		s.cutItsEnd(s.killed())
		return nil
	}
	n.terminate(s, s.killed())
	return nil
}

// killed is why a service is gone that was killed.
func (s *Service) killed() error { return fmt.Errorf("%s (%s) was killed", s.actor.Handle(), s.script) }

// terminate ends a service from outside, whatever it does. From now on nobody
// finds it any more.
func (n *Node) terminate(s *Service, why error) {
	s.doomed.CompareAndSwap(nil, &why)
	n.handles.Retire(s.actor.Handle())
	n.do(s, func(s *Service) { s.leave(why) })
	s.interrupt()
}

// gone is called once a service has ended.
func (n *Node) gone(s *Service) {
	n.handles.Ended(s.actor.Handle())
	n.unique.forget(s.actor.Handle())
	if s.actor.Handle() == handleLogScript {
		n.handles.Name(".logger", handleLogger)
	}
	n.tellExitMonitor(s)
	n.events.emit(Event{Kind: EventExited, Service: s.actor.Handle(), Script: s.script})
	close(s.over)
	n.living.Done()
}
