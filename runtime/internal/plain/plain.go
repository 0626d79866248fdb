// Package plain attaches libraries to a Lua program without services: devnode lua FILE. It
// is the node, the only service and its only generation at once, as far as a library sees.
package plain

import (
	"context"
	"fmt"
	"io"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/actor"
	"devnode/runtime/internal/attach"
	"devnode/runtime/library"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// Program is what libraries see of a program.
type Program struct {
	In    io.Reader
	Err   io.Writer
	Block func(f *vm.Fiber, work func()) // runs work while the program waits

	ctx                       context.Context
	cancel                    context.CancelFunc
	running                   sync.WaitGroup
	ofNode, ofService, ofCode attach.States
}

// Loaders are the loaders of modules, by name.
func (p *Program) Loaders(modules []library.Module) map[string]lua.LGFunction {
	p.ctx, p.cancel = context.WithCancel(context.Background())
	loaders := make(map[string]lua.LGFunction, len(modules))
	for _, m := range modules {
		loaders[m.Name] = library.Loader(m, node{p})
	}
	return loaders
}

// Close ends what libraries have open, and waits for it.
func (p *Program) Close() {
	p.ofCode.Tell(attach.Ended, generation{p})
	p.ofService.Tell(attach.Ended, nil)
	p.ofNode.Tell(attach.Ended, nil)
	if p.cancel != nil {
		p.cancel()
	}
	p.running.Wait()
}

type (
	node       struct{ p *Program }
	task       struct{ p *Program }
	service    struct{ p *Program }
	generation struct{ p *Program }
)

func (n node) Task(*lua.LState) attach.Task                { return task(n) }
func (n node) Service(actor.Handle) attach.Service         { return nil }
func (n node) Services() []attach.Service                  { return []attach.Service{service(n)} }
func (n node) Go(fn func())                                { n.p.running.Go(fn) }
func (n node) Context() context.Context                    { return n.p.ctx }
func (n node) Stdin() io.Reader                            { return n.p.In }
func (n node) States() *attach.States                      { return &n.p.ofNode }
func (n node) Bytes(lua.LValue) (string, bool)             { return "", false }
func (n node) Message(*lua.LState, string) lua.LValue      { return lua.LNil }
func (n node) Copy(_ *lua.LState, v lua.LValue) lua.LValue { return v }

func (t task) Await(f *vm.Fiber, work func()) { t.p.Block(f, work) }
func (t task) Alone(f *vm.Fiber, work func()) { t.p.Block(f, work) }
func (t task) NewSession() int32              { return 0 }
func (t task) Park(*vm.Fiber, int32)          {}
func (t task) Waits(int32) bool               { return false }
func (t task) Generation() attach.Generation  { return generation(t) }

func (s service) Handle() actor.Handle                               { return 0 }
func (s service) Do(func()) bool                                     { return false }
func (s service) Post(actor.Handle, actor.PType, int32, string) bool { return false }
func (s service) Wake(int32)                                         {}
func (s service) Log(text string)                                    { fmt.Fprintln(s.p.Err, text) }
func (s service) Messages() uint64                                   { return 0 }
func (s service) Weight() int64                                      { return 0 }
func (s service) Weigh() int64                                       { return 0 }
func (s service) Node() attach.Node                                  { return node(s) }
func (s service) Serving() attach.Generation                         { return generation(s) }
func (s service) States() *attach.States                             { return &s.p.ofService }
func (s service) Exchange(func(*value.Table) lua.LValue)             {}

func (g generation) Number() int                                      { return 1 }
func (g generation) Preparing() bool                                  { return false }
func (g generation) Start(lua.LValue, []lua.LValue)                   {}
func (g generation) Deliver(actor.Handle, actor.PType, int32, string) {}
func (g generation) OnAbort(func())                                   {}
func (g generation) Service() attach.Service                          { return service(g) }
func (g generation) States() *attach.States                           { return &g.p.ofCode }
