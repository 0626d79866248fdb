package runtime

import (
	"errors"
	"fmt"
	"os"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// load finds and runs the service's script in generation g (service_snlua.c,
// loader.lua), then the function that it gave to skynet.start. done is told
// once, on the service, of the end: nil when the start function has returned.
// A script that can't be found or compiled is reported to done at once.
func (g *Generation) load(args []lua.LValue, done func(error)) {
	chunk, loads, err := g.mainChunk()
	if err != nil {
		done(fmt.Errorf("lua loader error : %w", err))
		return
	}
	s := g.service
	s.starting.Store(true)
	g.loadDone = done
	if loads {
		chunk, err = g.withPreload(chunk)
	}
	if err != nil {
		done(fmt.Errorf("lua loader error : %w", err))
		return
	}
	main := g.newTask(taskChunk, chunk, args)
	main.ended = func(t *Task) {
		if err := taskError(t); err != nil {
			done(fmt.Errorf("lua loader error : %w", err))
		} else if g.start == nil {
			done(fmt.Errorf("%s has run to its end without calling skynet.start", s.script))
		}
	}
	s.step(main)
}

// taskError is how a task ended, with the traceback; nil if it returned.
func taskError(t *Task) error {
	switch err := t.fiber.Failure(); {
	case t.state == taskOver && err == nil:
		return nil
	case err == nil:
		return fmt.Errorf("the task was killed")
	default:
		return err
	}
}

func dirOf(path string) string {
	if i := strings.LastIndexAny(path, `/\`); i >= 0 {
		return path[:i+1]
	}
	return ""
}

// mainChunk is the service's main function: of its script, of what skynet.service gave
// it, or of a service that is part of the binary. A project's own loader loads the
// script and what comes before it by itself; preload is false then.
func (g *Generation) mainChunk() (chunk *lua.LFunction, preload bool, err error) {
	s := g.service
	if c := s.cell; c != nil {
		proto, err := c.load(g)
		if err != nil {
			return nil, false, err
		}
		g.nameService(dirOf(g.files.script))
		return c.body(g, proto), true, nil
	}
	script, err := g.findScript()
	if err != nil {
		return nil, false, err
	}
	g.nameService(script.folder())
	if script.path == "" {
		if chunk, err := g.builtinService(s.script); chunk != nil || err != nil {
			return chunk, true, err
		}
	}
	if loader, err := g.ownLoader(); loader != nil || err != nil {
		g.files.setScript(script.path)
		return loader, false, err
	}
	if script.path == "" {
		return nil, false, errors.New(script.missing())
	}
	g.files.setScript(script.path)
	if script.ownFolder() {
		g.preferModulesIn(dirOf(script.path))
	}
	proto, err := s.node.compiler.compile(script.data, "@"+script.path)
	if err != nil {
		return nil, false, err
	}
	return g.vm.NewClosure(proto), true, nil
}

// nameService sets the globals that say which service it is.
func (g *Generation) nameService(folder string) {
	g.vm.Globals().RawSetString("SERVICE_NAME", lua.LString(g.service.script))
	g.vm.Globals().RawSetString("SERVICE_PATH", lua.LString(folder))
}

// serviceScript is a service's script as the service path gives it.
type serviceScript struct {
	name     string
	template string // that it was found by
	path     string // empty where there is none
	data     []byte
	tried    []string // where it isn't
}

// findScript looks the service's script up in the service path.
func (g *Generation) findScript() (serviceScript, error) {
	script := serviceScript{name: g.service.script}
	for _, template := range templatesFor(script.name, g.service.node.config.ServicePath) {
		path := strings.ReplaceAll(template, "?", script.name)
		if skynetsOwn(script.name, path) {
			continue
		}
		data, err := g.files.read(path)
		if err == nil {
			script.template, script.path, script.data = template, path, data
			return script, nil
		}
		if !os.IsNotExist(err) {
			return script, err
		}
		script.tried = append(script.tried, path)
	}
	return script, nil
}

// ownFolder tells whether the script is in a folder of the service's own, as by the
// template "service/?/main.lua".
func (sc serviceScript) ownFolder() bool {
	own := dirOf(sc.template)
	return strings.Contains(own, "?") && !strings.Contains(sc.template[len(own):], "?")
}

// folder is what SERVICE_PATH says, as skynet has it: the folder of the script, or
// for a name with folders in it, such as test/main, the one that the name begins in.
func (sc serviceScript) folder() string {
	if sc.ownFolder() || strings.HasSuffix(sc.name, ".lua") {
		return dirOf(sc.path)
	}
	return dirOf(sc.template)
}

// templatesFor is where the script of a service may be, the name in place of
// "?": the service path, or the name itself if it is a file's.
func templatesFor(name string, path []string) []string {
	if strings.HasSuffix(name, ".lua") {
		return []string{"?"}
	}
	return path
}

// preferModulesIn has a service with a folder of its own, as by the template
// "service/?/main.lua", find its modules there first.
func (g *Generation) preferModulesIn(dir string) {
	lib, ok := stdlib.Field(g.vm.Globals(), "package").(*value.Table)
	if !ok {
		return
	}
	path := stdlib.Field(lib, "path").String()
	lib.RawSetString("path", lua.LString(dir+"?.lua;"+path))
}

// begin is skynet.start: fn runs as a task of its own, in a later message.
func (g *Generation) begin(fn lua.LValue) {
	g.start = fn
	s := g.service
	var run func(*Service)
	run = func(s *Service) {
		if g.retired {
			return
		}
		if g.interruptedChunk {
			s.node.do(s, run)
			return
		}
		body := g.vm.NewFunction(func(L *lua.LState) int {
			g.takeOver()
			before := s.node.lookBeforeStart(g.instances)
			callAll(L, &g.inits)
			g.initialised = true
			L.Push(fn)
			vm.Call(L, 0, 0)
			g.startWork = s.node.lookAfter(before)
			return 0
		})
		t := g.newTask(taskMain, body, nil)
		t.ended = func(t *Task) {
			g.started = true
			s.starting.Store(false)
			defer s.tellReady()
			if err := taskError(t); err != nil {
				g.loadDone(fmt.Errorf("init service failed: %w", err))
			} else {
				g.loadDone(nil)
			}
		}
		s.step(t)
		s.hasRun()
	}
	s.node.do(s, run)
}

// interrupted is called on the service's own worker, between two instructions
// of g, after somebody asked for it.
func (g *Generation) interrupted(f *vm.Fiber) error {
	s := g.service
	if err := s.answerQuestions(g, f); err != nil {
		return err
	}
	if s.overdue.Load() {
		return fmt.Errorf("it takes longer than %s", aloneTime)
	}
	if g.finalizing { // also after a kill: the __gc methods are to run
		if why := s.cutEnd.Load(); why != nil {
			return *why
		}
		if why := g.cutOff.Load(); why != nil {
			return *why
		}
		return nil
	}
	if s.doomed.Load() != nil {
		return *s.doomed.Load()
	}
	if t, ok := f.Owner.(*Task); ok && t.givenUp() {
		return errGivenUp
	}
	return g.yieldTurn(f)
}
