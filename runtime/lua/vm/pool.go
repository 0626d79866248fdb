package vm

import (
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/layout"
)

// Sizes of a thread. Registers grow on demand, and so do frames (depth.go).
// registerMax is C Lua's LUAI_MAXSTACK.
const (
	registerStart = 96
	registerStep  = 1024
	registerMax   = 1_000_000
)

// How many idle goroutines and threads a pool keeps for reuse. A thread's stale
// frames hold on to the last function that ran on it, and so to its VM.
const (
	maxIdle        = 1024
	maxIdleThreads = 128
)

// Pool keeps Go coroutines and Lua threads for reuse by all the VMs of a
// node. It is safe for concurrent use. Close ends the idle goroutines; fibers
// that still run give theirs up when they end.
type Pool struct {
	mu       sync.Mutex
	template *lua.LState
	threads  []*lua.LState
	runners  []*runner
	closed   bool
}

// Check tells whether the machine can work with this version of gopher-lua and Go:
// an error names the assumption that doesn't hold.
func Check() error { return layout.Check() }

// NewPool returns an empty pool. It panics with the error of Check, if there is one.
func NewPool() *Pool {
	if err := Check(); err != nil {
		panic(err)
	}
	return &Pool{template: newState()}
}

func newState() *lua.LState {
	s := lua.NewState(lua.Options{
		SkipOpenLibs:        true,
		RegistrySize:        128, // the least that NewState takes
		RegistryGrowStep:    registerStep,
		RegistryMaxSize:     registerMax,
		CallStackSize:       frameStart,
		MinimizeStackMemory: true,
	})
	s.Options.RegistrySize = registerStart
	return s
}

// thread returns a clean thread that belongs to no VM yet.
func (p *Pool) thread() *lua.LState {
	p.mu.Lock()
	if n := len(p.threads); n > 0 {
		th := p.threads[n-1]
		p.threads[n-1] = nil
		p.threads = p.threads[:n-1]
		p.mu.Unlock()
		return th
	}
	p.mu.Unlock()
	th, _ := p.template.NewThread()
	th.Panic = raise
	layout.KeepUpvalues(th) // see discard
	return th
}

// putThread takes back a thread whose call stack is empty. A thread that was
// left by an error must not come here: its frames are still on it.
func (p *Pool) putThread(th *lua.LState) {
	th.SetTop(0)
	th.RemoveContext()
	th.G, th.Env = p.template.G, p.template.Env
	p.mu.Lock()
	if len(p.threads) < maxIdleThreads {
		p.threads = append(p.threads, th)
	}
	p.mu.Unlock()
}

func (p *Pool) runner() *runner {
	p.mu.Lock()
	if n := len(p.runners); n > 0 {
		r := p.runners[n-1]
		p.runners[n-1] = nil
		p.runners = p.runners[:n-1]
		p.mu.Unlock()
		return r
	}
	p.mu.Unlock()
	return newRunner()
}

func (p *Pool) putRunner(r *runner) {
	r.fiber = nil
	p.mu.Lock()
	keep := !p.closed && len(p.runners) < maxIdle
	if keep {
		p.runners = append(p.runners, r)
	}
	p.mu.Unlock()
	if !keep {
		r.stop()
	}
}

// Close ends the pool's idle goroutines, and from now on every goroutine that
// is given back.
func (p *Pool) Close() {
	p.mu.Lock()
	p.closed = true
	idle := p.runners
	p.runners, p.threads = nil, nil
	p.mu.Unlock()
	for _, r := range idle {
		r.stop()
	}
}
