package runtime

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/hotpatch"
	"devnode/runtime/internal/actor"
	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/vm"
)

// neither is why a patch is refused, where a reload would be, too.
type neither struct{ error }

func (e neither) Unwrap() error { return e.error }

// refusal is the error of a patch that can't be, with what can be done instead.
func refusal(err error) error {
	if errors.As(err, &neither{}) {
		return err
	}
	return fmt.Errorf("can't be patched: %w: reload instead", err)
}

// planPatch prepares the patch that brings the service to the new files: it has to
// be applied, or cancelled, at once. Where it can't be, nothing has changed.
func (s *Service) planPatch(changes, older []*hotpatch.Change) (*hotpatch.Patch, error) {
	g := s.code
	switch {
	case g == nil || s.leaving != nil:
		return nil, neither{fmt.Errorf("%w: it has ended", ErrNoService)}
	case !g.started:
		return nil, neither{fmt.Errorf("%s has not finished its start function yet", s.script)}
	case g.declines() != nil:
		return nil, neither{g.declines()}
	case s.upgrade != nil:
		return nil, errors.New("a reload is in progress")
	}
	for _, c := range changes {
		if !g.files.holds(c.Path, c.Old) {
			return nil, fmt.Errorf("%s was loaded again meanwhile", c.Path)
		}
	}
	return hotpatch.Prepare(g.program(), changes, older)
}

// holds tells whether the file was loaded with this content.
func (fl *files) holds(path string, content []byte) bool {
	fl.mu.Lock()
	defer fl.mu.Unlock()
	f, ok := fl.loaded[path]
	return ok && bytes.Equal(f.data, content)
}

// program is the generation as a patch sees it.
func (g *Generation) program() *hotpatch.Program {
	s := g.service
	p := &hotpatch.Program{
		VM: g.vm, Instances: g.instances,
		State: func(w *vm.Walker) { g.walkState(w) },
		Start: g.start, Fibers: g.fibers(),
		Parts:    s.concerns,
		Passing:  passing,
		Describe: func(in *hotpatch.Instance) *hotpatch.Change { return s.node.described(g, in.Main) },
		Loaded:   func(name string) lua.LValue { return stdlib.Loaded(g.vm, name) },
	}
	var made []lua.LValue // objects with a __gc
	p.Run = func(fn *lua.LFunction) ([]lua.LValue, error) {
		end := stdlib.Trial(g.vm)
		defer func() { made = append(made, end()...) }()
		return g.runAlone(fn)
	}
	p.Placed = func(holds func(lua.LValue) bool) {
		for _, v := range made {
			if holds(v) {
				stdlib.Mark(g.vm, v)
			}
		}
	}
	for _, other := range s.draining {
		p.OtherFibers = append(append(p.OtherFibers, other.fibers()...), other.vm.Coroutines()...)
	}
	return p
}

// effectless tells of a function of skynet's that only answers, or makes something
// that nobody else has.
func effectless(callee string) bool {
	switch callee {
	case "skynet.getenv", "skynet.self", "skynet.now", "skynet.time", "skynet.starttime", "skynet.hpc", "skynet.address",
		"skynet.localname", "skynet.queue", "skynet.packstring", "skynet.tostring":
		return true
	}
	return false
}

// passing tells of a function for which a value that it was given counts only for
// that one call.
func passing(callee string) bool {
	switch callee {
	case "skynet.timeout", "skynet.sleep", "skynet.error", "print", "string.format", "tostring", "log":
		return true
	}
	return false
}

// aloneTime bounds the code of a new text that is run while the service waits.
const aloneTime = time.Second

// runAlone calls a function that must not wait, while the service is being patched.
func (g *Generation) runAlone(fn *lua.LFunction) (values []lua.LValue, err error) {
	s := g.service
	t := g.newTask(taskInject, fn, nil)
	over := false
	t.ended = func(t *Task) {
		over = true
		if failure := t.fiber.Failure(); failure != nil {
			err = errors.New(failure.Value.String())
			return
		}
		values = append(values, t.fiber.Results()...)
	}
	machine := g.vm
	limit := actor.SetAlarm(aloneTime, func() {
		s.overdue.Store(true)
		machine.Interrupt()
	})
	if s.resume(t) == vm.Dead {
		s.finish(t)
	}
	limit.Stop()
	s.overdue.Store(false)
	if !over {
		s.kill(t, "it waits")
		return nil, errors.New("it waits for something")
	}
	return values, err
}

// described is the text that a chunk was compiled from, compared with itself; nil
// where it isn't known.
func (n *Node) described(g *Generation, main *lua.FunctionProto) *hotpatch.Change {
	n.descriptions.mu.Lock()
	defer n.descriptions.mu.Unlock()
	if c, ok := n.descriptions.known[main]; ok {
		return c
	}
	data, chunk := g.files.textOf(main)
	if data == nil {
		return nil
	}
	text, _, err := n.readText(data, compiledKey{HashOf(data), chunk})
	if err != nil {
		return nil
	}
	same := hotpatch.Source{Bytes: data, Text: text, Main: main}
	c := hotpatch.Compare(absolute(strings.TrimPrefix(chunk, "@")), chunk, same, same, effectless)
	if n.descriptions.known == nil || len(n.descriptions.known) > maxDescriptions {
		n.descriptions.known = make(map[*lua.FunctionProto]*hotpatch.Change)
	}
	n.descriptions.known[main] = c
	return c
}

// descriptions are texts that were compared with themselves, by their compiled main
// functions. All services of a node share them.
type descriptions struct {
	mu    sync.Mutex
	known map[*lua.FunctionProto]*hotpatch.Change
}

// maxDescriptions bounds the texts that are known in this way.
const maxDescriptions = 256

// textOf is the text that a file's main function was compiled from, and its chunk's
// name.
func (fl *files) textOf(main *lua.FunctionProto) (data []byte, chunk string) {
	chunk = syntax.Source(main)
	fl.mu.Lock()
	defer fl.mu.Unlock()
	for _, f := range fl.loaded {
		if "@"+f.asked == chunk {
			return f.data, chunk
		}
	}
	return nil, chunk
}

// replace notes that a loaded file runs with another content now.
//
// What was given, as by a save that is known already or a rollback that the disk
// doesn't have, is told to nobody.
func (fl *files) replace(path string, content []byte, given bool) {
	sum := HashOf(content)
	fl.mu.Lock()
	file := &loadedFile{data: fl.share(content, sum), sum: sum, asked: path}
	if before := fl.loaded[path]; before != nil {
		file.asked = before.asked
	}
	fl.putLocked(path, file)
	fl.mu.Unlock()
	if fl.tell != nil && !given {
		fl.tell(path, sum)
	}
}

// applyPatch carries out a patch that was prepared. given are the contents of files
// that weren't read from disk.
func (g *Generation) applyPatch(p *hotpatch.Patch, changes []*hotpatch.Change, given map[string][]byte) hotpatch.Report {
	p.Apply()
	fl := g.files
	for _, c := range changes {
		fl.replace(c.Path, c.New, given[c.Path] != nil)
	}
	fl.keepVersions(p)
	g.service.lastGeneration++
	g.number = g.service.lastGeneration
	report := p.Report()
	g.lookForStale()
	report.Stale = g.staleCode
	return report
}

// staleEvery is how often it is looked whether old code still goes on, and
// stalePart the part of the time that this may take.
const (
	staleEvery = 250 * time.Millisecond
	stalePart  = 50
)

// lookForStale finds out what old code goes on in g, and does so again until there
// is none.
func (g *Generation) lookForStale() {
	s := g.service
	began := s.node.elapsed()
	had := len(g.staleCode) > 0
	g.staleCode = g.stale()
	if had || len(g.staleCode) > 0 {
		s.publish()
	}
	if len(g.staleCode) == 0 || g.staleLook {
		return
	}
	g.staleLook = true
	actor.SetAlarm(max(staleEvery, stalePart*(s.node.elapsed()-began)), func() {
		s.node.do(s, func(s *Service) {
			g.staleLook = false
			if s.code == g && !g.retired {
				g.lookForStale()
			}
		})
	})
}

// keepVersions notes which former texts of the files are still in use after a
// patch.
func (fl *files) keepVersions(p *hotpatch.Patch) {
	fl.mu.Lock()
	defer fl.mu.Unlock()
	for path := range fl.loaded {
		before := fl.versions[path]
		now := p.Versions(path, before)
		switch {
		case len(now) > 0 && fl.versions == nil:
			fl.versions = map[string][]*hotpatch.Version{path: now}
		case len(now) > 0:
			fl.versions[path] = now
		case len(before) > 0:
			delete(fl.versions, path)
		}
	}
}

// stale lists the old code that goes on in g.
func (g *Generation) stale() []hotpatch.Stale {
	fl := g.files
	fl.mu.Lock()
	var versions []*hotpatch.Version
	for _, list := range fl.versions {
		versions = append(versions, list...)
	}
	fl.mu.Unlock()
	if len(versions) == 0 {
		return nil
	}
	return hotpatch.FindStale(g.program(), versions, kindOfFiber)
}

// kindOfFiber says what a fiber runs.
func kindOfFiber(f *vm.Fiber) string {
	if t, ok := f.Owner.(*Task); ok && t != nil && t.gen != nil && f.State() != vm.Suspended {
		return taskKindNames[t.kind]
	}
	return "coroutine"
}

// Stale lists the old code that goes on in a service since it was patched.
func (n *Node) Stale(ctx context.Context, h Handle) ([]hotpatch.Stale, error) {
	s, err := n.Service(h)
	if err != nil {
		return nil, err
	}
	var list []hotpatch.Stale
	err = n.ask(ctx, s, func(s *Service) {
		if s.code != nil {
			list = s.code.stale()
		}
	})
	return list, err
}
