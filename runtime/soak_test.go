package runtime

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// soakActor does what it is asked, in every way that a service can answer.
const soakActor = `
local skynet = require "skynet"
local state = require "reload".keep("state", { answered = 0 })
local CMD = {}
function CMD.echo(x) return x end
function CMD.sleep(x) skynet.sleep(x % 3) return x end
function CMD.yield(x) for i = 1, x % 5 do skynet.yield() end return x end
function CMD.fork(x)
	local token, y = {}, nil
	skynet.fork(function() skynet.yield() y = x skynet.wakeup(token) end)
	skynet.wait(token)
	return y
end
function CMD.raise(x) error("raised " .. x) end
function CMD.forget(x) return nil, true end
function CMD.relay(x, to, ...) return skynet.call(tonumber(to), "lua", x, ...) end
function CMD.exit(x) skynet.exit() end
skynet.start(function()
	skynet.fork(function() while true do skynet.sleep(1) end end)
	skynet.dispatch("lua", function(_, _, x, cmd, ...)
		state.answered = state.answered + 1
		if cmd == "later" then
			local respond = skynet.response()
			return skynet.timeout(1, function() respond(true, x) end)
		end
		local y, forget = CMD[cmd](x, ...)
		if not forget then skynet.retpack(y) end
	end)
end)
`

// soak is services that call each other, die and are reloaded, and a model of
// what each caller must receive: its own number, or an error where the service
// called, or one on the way, was ended or told to fail.
type soak struct {
	*testNode
	mu     sync.Mutex
	actors []*soakTarget
	calls  atomic.Int64
	errors atomic.Int64
}

type soakTarget struct {
	handle Handle
	dying  atomic.Bool
}

// TestSoak runs for a few seconds, or for DEVNODE_SOAK (such as 5m).
func TestSoak(t *testing.T) {
	length := 2 * time.Second
	if s := os.Getenv("DEVNODE_SOAK"); s != "" {
		var err error
		if length, err = time.ParseDuration(s); err != nil {
			t.Fatal(err)
		}
	}
	seed := seedOf(t)
	so := &soak{testNode: newTestNode(t, map[string]string{"actor.lua": soakActor}, func(c *Config) { c.Log = io.Discard })}
	for range 20 {
		so.add()
	}
	var workers sync.WaitGroup
	end := time.Now().Add(length)
	warm := make(chan uint64, 1)
	time.AfterFunc(length/5, func() { warm <- heapAndStacks() })
	for i := range 8 {
		workers.Go(func() { so.work(rand.New(rand.NewPCG(seed, uint64(i))), end) })
	}
	workers.Wait()
	early, late := <-warm, heapAndStacks()
	t.Logf("%d calls, %d of them answered with the error that they had to get; memory %d KB after a fifth, %d KB at the end", so.calls.Load(), so.errors.Load(), early>>10, late>>10)
	if late > early+4<<20 {
		t.Error("the memory has grown")
	}
}

// limit is a context for one request: an answer that takes longer is lost.
func limit() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 30*time.Second)
}

func (so *soak) add() {
	ctx, cancel := limit()
	defer cancel()
	h, err := so.Launch(ctx, "actor")
	if err != nil {
		so.t.Error(err)
		return
	}
	so.mu.Lock()
	so.actors = append(so.actors, &soakTarget{handle: h})
	so.mu.Unlock()
}

// pick takes a random actor, and out of the list if it is to die.
func (so *soak) pick(r *rand.Rand, remove bool) *soakTarget {
	so.mu.Lock()
	defer so.mu.Unlock()
	i := r.IntN(len(so.actors))
	a := so.actors[i]
	if remove {
		a.dying.Store(true)
		so.actors = append(so.actors[:i:i], so.actors[i+1:]...)
	}
	return a
}

func (so *soak) work(r *rand.Rand, end time.Time) {
	for n := 0; time.Now().Before(end) && !so.t.Failed(); n++ {
		switch k := r.IntN(1000); {
		case k < 3:
			a := so.pick(r, true)
			so.Kill(a.handle)
			so.add()
		case k < 6:
			so.call(so.pick(r, true), n, "exit")
			so.add()
		case k < 16:
			so.reload(so.pick(r, false))
		default:
			so.randomCall(r, n)
		}
	}
}

func (so *soak) reload(a *soakTarget) {
	ctx, cancel := limit()
	defer cancel()
	rec := so.Reload(ctx, []Handle{a.handle}, ReloadOptions{})[0]
	if rec.Err != nil && !a.dying.Load() && !strings.Contains(rec.Err.Error(), "newer reload") {
		so.t.Errorf("reload: %v", rec.Err)
	}
}

func (so *soak) randomCall(r *rand.Rand, n int) {
	plain := []string{"echo", "echo", "echo", "sleep", "yield", "fork", "later", "raise", "forget"}
	cmd := plain[r.IntN(len(plain))]
	a := so.pick(r, false)
	if r.IntN(3) > 0 {
		so.call(a, n, cmd)
		return
	}
	b := so.pick(r, false)
	if a == b {
		cmd = "echo"
	}
	so.call(a, n, "relay", b, cmd)
}

// call makes one call and holds the answer against the model.
func (so *soak) call(a *soakTarget, n int, cmd string, via ...any) {
	so.calls.Add(1)
	args := []lua.LValue{lua.LNumber(n), lua.LString(cmd)}
	last, targets := cmd, []*soakTarget{a}
	for _, v := range via {
		switch v := v.(type) {
		case *soakTarget:
			args = append(args, lua.LNumber(v.handle))
			targets = append(targets, v)
		case string:
			args = append(args, lua.LString(v))
			last = v
		}
	}
	ctx, cancel := limit()
	defer cancel()
	answer, err := so.Call(ctx, a.handle, args...)
	mayFail := last == "raise" || last == "forget" || last == "exit"
	for _, target := range targets {
		mayFail = mayFail || target.dying.Load()
	}
	switch {
	case err != nil && !mayFail:
		so.t.Errorf("%s of %d: %v", last, n, err)
	case err != nil:
		so.errors.Add(1)
	case last == "raise" || last == "forget" || last == "exit":
		so.t.Errorf("%s of %d was answered: %v", last, n, answer)
	case len(answer) != 1 || answer[0].String() != strconv.Itoa(n):
		so.t.Errorf("%s of %d was answered %s", last, n, fmt.Sprint(answer))
	}
}
