package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"

	"devnode/cmd/devnode/internal/backend"
	"devnode/cmd/devnode/internal/live"
	"devnode/cmd/devnode/internal/settings"
	"devnode/console"
	"devnode/console/editor"
	"devnode/runtime"
	"devnode/watch"
)

// server is a node with all that is around it: console, watcher, prompt.
type server struct {
	settings settings.Settings
	embedded bool // the demo runs out of the binary

	fds       fds
	stdout    *outlet // what services print
	words     *outlet // what devnode itself has to say
	log       *logSink
	logFile   *os.File
	listener  *console.Listener
	nodeParts // what is around it
	input     *input
	stdin     *inputReader  // the node's view of input
	claimed   chan struct{} // closed once a service reads standard input: the prompt leaves it
	left      chan struct{} // closed once no prompt reads it
	main      *mainService
	parts     sync.WaitGroup
	consoles  sync.WaitGroup // those that services have opened
	fault     chan error     // of a part that can't go on
	anew      chan string    // why the node has to start anew
}

// nodeParts are what a server puts together: each is nil until it is made.
type nodeParts struct {
	known    *live.Known
	node     *runtime.Node
	watcher  *watch.Watcher
	reloader *live.Reloader
	console  *console.Console
	prompt   *console.Prompt
}

// journalLength is how many lines of the log `tail` can go back.
const journalLength = 2000

// serve runs a node until it is told to stop, or ends itself. embedded says that
// the scripts are a copy out of the binary.
func serve(ctx context.Context, fds fds, set settings.Settings, embedded bool) error {
	signals := catchSignals()
	defer signals.release()
	signals.catchHangup(set.LogFile != "" || set.LogScript())
	in := newInput(fds.in)
	for {
		s := &server{settings: set, embedded: embedded, fds: fds, input: in, claimed: make(chan struct{}), left: make(chan struct{}), fault: make(chan error, 4), anew: make(chan string, 1)}
		err := s.serve(ctx, signals)
		if !errors.Is(err, errAnew) {
			return err
		}
		set.Console = s.settings.Console
	}
}

// errAnew ends a node that is to be followed by another.
var errAnew = errors.New("start anew")

func (s *server) serve(ctx context.Context, signals *signals) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if err := s.assemble(); err != nil {
		s.closeFiles()
		return err
	}
	s.greet()
	s.start(ctx)
	err := s.wait(ctx, signals)
	stop()
	if forced := s.close(signals); forced != nil {
		return forced
	}
	return err
}

// assemble makes all parts; nothing of the user's runs yet. What can fail comes
// first.
func (s *server) assemble() error {
	if err := s.openLog(); err != nil {
		return err
	}
	if s.settings.Console != "" {
		ln, err := listen(s.settings)
		if err != nil {
			return err
		}
		s.listener = ln
		if a, ok := ln.Addr().(*net.TCPAddr); ok {
			s.settings.Console = a.String() // also for the node that follows
		}
	}
	if s.settings.Watch {
		w, err := watch.New(watch.Config{Mode: s.settings.WatchMode, Unfinished: runtime.Unfinished, Log: s.log.logf})
		if err != nil {
			return err
		}
		s.watcher = w
	}
	s.known = live.NewKnown()
	s.stdin = s.input.reader(s.claimInput)
	config := runtime.Config{
		Workers: s.settings.Workers, Log: s.log, Stdin: s.stdin, Stdout: s.stdout, Stderr: s.stderr(), Env: s.settings.Env,
		ServicePath: s.settings.ServicePath, LuaPath: s.settings.LuaPath, LuaCPath: s.settings.LuaCPath,
		ReloadTimeout: s.settings.StartTimeout, DrainTimeout: s.settings.DrainTimeout, Services: s.services(),
	}
	if s.watcher != nil {
		config.Loaded = s.known.Loaded
	}
	s.node = runtime.New(config)
	s.main = newMainService(s.node, s.settings, s.log, s.failedStart)
	if s.watcher != nil {
		s.reloader = live.New(s.node, s.watcher, s.known, live.Options{
			Log: s.log.logf, Saved: s.main.saved, Times: s.settings.Verbose, Modes: s.settings.Modes, Restart: s.restart,
		})
	}
	return s.makeConsole()
}

func (s *server) makeConsole() error {
	options := backend.Options{Times: s.settings.Verbose, Journal: s.log.journal, Events: s.events()}
	if s.reloader != nil {
		options.Watcher = s.reloader
		options.ModeOf = func(h runtime.Handle, contents map[string][]byte) (string, string) {
			mode, who := s.reloader.ModeOf(h, contents)
			return string(mode), who
		}
	}
	history, err := editor.HistoryPath()
	if err != nil {
		history = "" // no home: lines are remembered until the end only
	}
	s.console, err = console.New(console.Config{
		Backend: backend.New(s.node, options).Console(), HistoryFile: history,
		Log:    func(line string) { s.log.logf("%s", line) },
		LogOwn: func(line string) { s.log.own(line, s.logFile != nil) },
	})
	if err != nil {
		return err
	}
	if console.IsTerminal(s.fds.in, s.fds.out) && !s.input.wasRead() {
		s.prompt = s.console.NewPrompt(s.fds.in, s.fds.out)
		s.stdout.turnTo(s.prompt.Log())
		if console.IsTerminal(s.fds.in, s.fds.err) {
			s.words.turnTo(s.prompt.Log())
		}
		if s.logFile == nil {
			s.log.out.turnTo(s.prompt.Log())
		}
	}
	return nil
}

// failedStart says why the main service isn't there, and what to do: in the log,
// and on standard error, whoever reads the log.
func (s *server) failedStart(reason string) {
	text := fmt.Sprintf("%s did not start: %s. Mend it and save: it is started again", s.settings.Title(), reason)
	s.log.logf("%s", text)
	if !s.seesLog() {
		s.tell("%s", text)
	}
}

// start sets the parts going.
func (s *server) start(ctx context.Context) {
	if s.listener != nil {
		s.part(func() error { return s.console.Serve(ctx, s.listener) })
	}
	if s.reloader != nil {
		s.part(func() error { return s.reloader.Run(ctx) })
	}
	s.part(func() error { return s.main.run(ctx) })
	if s.prompt != nil {
		s.part(func() error { return s.runPrompt(ctx) })
	}
}

// runPrompt answers what is typed, until a service wants to read the terminal
// itself.
func (s *server) runPrompt(ctx context.Context) error {
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	s.parts.Go(func() {
		select {
		case <-s.claimed:
			leave()
		case <-ctx.Done():
		}
	})
	err := s.prompt.Run(ctx)
	close(s.left)
	if err == nil || errors.Is(err, console.ErrInterrupted) {
		s.node.Abort() // who leaves the prompt leaves the node
		return nil
	}
	select {
	case <-s.claimed:
		io.WriteString(s.fds.err, "devnode: what is typed here now goes to the service that called socket.stdin\n")
		return nil
	default:
		return err
	}
}

// claimInput has the prompt leave standard input to a service, and waits for it.
func (s *server) claimInput() {
	close(s.claimed)
	if s.prompt == nil {
		return
	}
	select {
	case <-s.left:
	case <-s.stdin.closed:
	}
}

func (s *server) part(run func() error) {
	s.parts.Go(func() {
		if err := run(); err != nil && !errors.Is(err, context.Canceled) {
			s.fault <- err
		}
	})
}

// wait returns once the node has to end.
func (s *server) wait(ctx context.Context, signals *signals) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-signals.caught:
			s.sayStopping()
			return nil
		case <-signals.hangup:
			if !s.reopenLog() {
				s.sayStopping()
				return nil
			}
		case <-s.node.Aborted():
			if status := s.node.Status() & 0xff; status != 0 { // as systems cut it
				return statusError{code: status}
			}
			return nil
		case why := <-s.anew:
			s.log.logf("starting anew: %s", why)
			return errAnew
		case err := <-s.fault:
			return err
		}
	}
}

// restart asks for a new node in the place of this one. It doesn't wait.
func (s *server) restart(why string) {
	select {
	case s.anew <- why:
	default: // it is on its way
	}
}

// events gathers what happens to services from now on.
func (s *server) events() *console.Journal {
	j := console.NewJournal(journalLength)
	s.node.Events(func(e runtime.Event) {
		l := console.LogLine{
			Time: e.Time, Kind: string(e.Kind), Address: console.Address(e.Service),
			Script: e.Script, Generation: e.Generation, Text: e.Text, Outcome: backend.Outcome(e.Record),
		}
		switch e.Kind {
		case runtime.EventReloadFailed:
			l.File, l.Line, _ = live.PlaceOf(e.Text)
		case runtime.EventEndless:
			l.File, l.Line, _ = live.PlaceOf(e.Text + ":") // its line ends the text
		}
		j.Append(l)
	})
	return j
}

func (s *server) closeFiles() {
	if s.listener != nil {
		_ = s.listener.Close()
	}
	if s.logFile != nil {
		_ = s.logFile.Close()
	}
}
