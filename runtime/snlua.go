package runtime

import (
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
	proto, err := g.readScript()
	if err != nil {
		done(fmt.Errorf("lua loader error : %w", err))
		return
	}
	s := g.service
	s.starting.Store(true)
	g.reload.done = done
	g.vm.Globals().RawSetString("SERVICE_NAME", lua.LString(s.script))
	g.vm.Globals().RawSetString("SERVICE_PATH", lua.LString(dirOf(g.files.script)))
	chunk := g.vm.NewClosure(proto)
	if s.cell != nil {
		chunk = s.cell.body(g, proto)
	}
	if chunk, err = g.withPreload(chunk); err != nil {
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

// readScript looks the service's script up in the service path.
func (g *Generation) readScript() (*lua.FunctionProto, error) {
	if c := g.service.cell; c != nil {
		return c.load(g)
	}
	var tried []string
	for _, template := range g.service.node.scriptTemplates(g.service.script) {
		path := strings.ReplaceAll(template, "?", g.service.script)
		data, err := g.files.read(path)
		if err != nil {
			if !os.IsNotExist(err) {
				return nil, err
			}
			tried = append(tried, "cannot open "+path)
			continue
		}
		g.files.mu.Lock()
		g.files.script = path
		g.files.mu.Unlock()
		if own := dirOf(template); strings.Contains(own, "?") && !strings.Contains(template[len(own):], "?") {
			g.preferModulesIn(dirOf(path))
		}
		return g.service.node.compiler.compile(data, "@"+path)
	}
	return nil, fmt.Errorf("%s", strings.Join(tried, "\n\t"))
}

// scriptTemplates is where the script of a service may be, the name in place of
// "?": the service path, or the name itself if it is a file's.
func (n *Node) scriptTemplates(name string) []string {
	if strings.HasSuffix(name, ".lua") {
		return []string{"?"}
	}
	return n.config.ServicePath
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
			callAll(L, &g.inits)
			g.initialised = true
			L.Push(fn)
			L.Call(0, 0)
			return 0
		})
		t := g.newTask(taskMain, body, nil)
		t.ended = func(t *Task) {
			g.started = true
			s.starting.Store(false)
			defer s.tellReady()
			if err := taskError(t); err != nil {
				g.reload.done(fmt.Errorf("init service failed: %w", err))
			} else {
				g.reload.done(nil)
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
