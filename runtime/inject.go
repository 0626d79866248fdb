package runtime

import (
	"context"
	"errors"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"

	"devnode/runtime/lua/syntax"
)

// InjectOptions is a chunk to run inside a service.
type InjectOptions struct {
	Chunk      string   // its name, in Lua's form: "@fix.lua" for code of a file, "=inject"
	Code       string   // Lua source
	Args       []string // its `...`
	Expression bool     // try the code as a list of expressions first
	File       string   // whose top-level locals it sees; empty for the service's script
	REPL       bool     // globals that it sets are there for the next such chunk
}

// InjectResult is what injected code printed, and the values that it returned.
type InjectResult struct {
	Printed string
	Values  []lua.LValue
}

// Inject runs a chunk in a task of the service's serving generation. The chunk
// sees the top-level locals of the service's script, as the end of the file does,
// and changes them by assigning to them; the service's globals, and as its own print, _U (the tables that the
// handlers have as upvalues) and _P (the same by protocol: _P.lua.CMD). The
// globals that it sets stay its own. The values are copies where they are
// tables. Where ctx is canceled the chunk is ended; where it only runs out of time
// the chunk goes on, which a GoesOnError tells.
func (n *Node) Inject(ctx context.Context, h Handle, o InjectOptions) (InjectResult, error) {
	var result InjectResult
	proto, err := n.compileInjected(o)
	if err != nil {
		return result, err
	}
	s, err := n.Service(h)
	if err != nil {
		return result, err
	}
	var out printed
	var failure error
	in := &injection{done: make(chan struct{})}
	begun := n.do(s, func(s *Service) {
		if !in.state.CompareAndSwap(injectWaits, injectBegun) {
			return
		}
		t, err := s.injectedTask(proto, o, &out)
		if err != nil {
			failure = err
			close(in.done)
			return
		}
		t.injection, in.task = in, t
		t.ended = func(t *Task) {
			in.task = nil // it may be used for another
			if err := taskError(t); err != nil {
				failure = err
			}
			for _, v := range t.fiber.Results() {
				result.Values = append(result.Values, copyValue(v))
			}
			close(in.done)
		}
		s.step(t)
	})
	if !begun {
		return result, fmt.Errorf("%s: %w", h, ErrNoService)
	}
	select {
	case <-in.done:
		result.Printed = out.text()
		return result, failure
	case <-ctx.Done():
		err := n.leaveInjection(ctx, s, in)
		return InjectResult{Printed: out.text()}, err // the task may go on with the result
	}
}

// injectedTask is the task that will run a chunk in the generation that serves.
func (s *Service) injectedTask(proto *lua.FunctionProto, o InjectOptions, out *printed) (*Task, error) {
	g := s.code
	if g == nil || s.leaving != nil {
		return nil, fmt.Errorf("%s (%s) has no Lua code to inject into", s.actor.Handle(), s.script)
	}
	if o.File != "" && g.scope(o.File) == nil {
		return nil, g.noScope(o.File)
	}
	if path, ok := strings.CutPrefix(o.Chunk, "@"); ok {
		g.files.injected(path, HashOf([]byte(o.Code)))
	}
	fn := g.vm.NewClosure(proto)
	value.SetEnv(fn, g.injectEnv(out, o.File))
	if o.REPL {
		value.SetEnv(fn, g.withPrint(g.replEnv(o.File), value.Env(fn)))
	}
	return g.newTask(taskInject, fn, argValues(o.Args)), nil
}

func (n *Node) compileInjected(o InjectOptions) (*lua.FunctionProto, error) {
	if !o.Expression {
		return syntax.Compile([]byte(o.Code), o.Chunk)
	}
	proto, asExpression := syntax.Compile([]byte("return "+o.Code), o.Chunk)
	if asExpression == nil {
		return proto, nil
	}
	proto, err := syntax.Compile([]byte(o.Code), o.Chunk)
	if err != nil && incomplete(asExpression) {
		err = asExpression // `x +` is the beginning of an expression, not a wrong statement
	}
	return proto, err
}

// incomplete tells whether code fails only because it ends too early.
func incomplete(err error) bool {
	var fault *syntax.Error
	return errors.As(err, &fault) && fault.Incomplete
}

// injectEnv is the environment of an injected chunk.
func (g *Generation) injectEnv(out *printed, file string) *value.Table {
	env := value.NewTable(0, 4)
	env.RawSetString("print", value.Function(func(L *lua.LState) int {
		var line strings.Builder
		for i := 1; i <= L.GetTop(); i++ {
			if i > 1 {
				line.WriteByte('\t')
			}
			line.WriteString(toText(L, L.Get(i)))
		}
		line.WriteByte('\n')
		out.add(line.String())
		return 0
	}))
	all, byProtocol := g.handlerUpvalues()
	env.RawSetString("_U", all)
	env.RawSetString("_P", byProtocol)
	g.inScope(env, file)
	return env
}

// handlerUpvalues collects the tables that the dispatch functions refer to,
// directly or through functions that they refer to.
func (g *Generation) handlerUpvalues() (all, byProtocol *value.Table) {
	all, byProtocol = value.NewTable(0, 0), value.NewTable(0, 0)
	for name, p := range g.protos {
		fn, ok := p.live(g).dispatch.(*lua.LFunction)
		if !ok {
			continue
		}
		tables := value.NewTable(0, 0)
		seen := map[*lua.LFunction]bool{}
		collectUpvalues(fn, seen, func(name string, v *value.Table) {
			if tables.RawGetString(name) == lua.LNil {
				tables.RawSetString(name, v)
			}
			if all.RawGetString(name) == lua.LNil {
				all.RawSetString(name, v)
			}
		})
		byProtocol.RawSetString(name, tables)
	}
	return all, byProtocol
}

func collectUpvalues(fn *lua.LFunction, seen map[*lua.LFunction]bool, found func(string, *value.Table)) {
	if fn.IsG || seen[fn] {
		return
	}
	seen[fn] = true
	for i, uv := range fn.Upvalues {
		if uv == nil || i >= len(fn.Proto.DbgUpvalues) {
			continue
		}
		switch v := uv.Value().(type) {
		case *value.Table:
			found(fn.Proto.DbgUpvalues[i], v)
		case *lua.LFunction:
			collectUpvalues(v, seen, found)
		}
	}
}
