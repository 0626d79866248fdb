package runtime

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestPairsShareTheWorkers has 24 pairs of services keep two workers busy. None
// may have a worker for itself while the others share one: that would give it
// more than twenty times as many calls.
func TestPairsShareTheWorkers(t *testing.T) {
	tn := newTestNode(t, map[string]string{
		"echo.lua": benchEcho,
		"client.lua": `
			local skynet = require "skynet"
			skynet.start(function() skynet.dispatch("lua", function(_, _, echo, cs)
				local n, till = 0, skynet.now() + cs
				while skynet.now() < till do skynet.call(echo, "lua", "echo", n) n = n + 1 end
				skynet.retpack(n)
			end) end)`,
	}, func(c *Config) { c.Workers = 2 })
	const pairs = 24
	var clients, echos [pairs]Handle
	for i := range pairs {
		clients[i], echos[i] = tn.launch("client"), tn.launch("echo")
	}
	// A loaded machine lets one worker stand still for a while, which isn't the
	// scheduler's doing: what is unfair for long enough is.
	var counts [pairs]float64
	for range 20 {
		var done sync.WaitGroup
		for i := range pairs {
			done.Go(func() {
				out, err := tn.Call(tn.ctx, clients[i], lua.LNumber(echos[i]), lua.LNumber(60))
				if err != nil || len(out) != 1 {
					t.Errorf("pair %d: %v, %v", i, out, err)
					return
				}
				counts[i] += float64(out[0].(lua.LNumber))
			})
		}
		done.Wait()
		least, most := slices.Min(counts[:]), slices.Max(counts[:])
		t.Logf("%v to %v calls", least, most)
		if most <= 8*least || t.Failed() {
			return
		}
	}
	t.Error("one pair makes many times as many calls as another")
}

// TestNobodyWaitsBehindALongTurn has one of two workers in a long turn, while two
// services keep the other busy: a third is served all the same.
func TestNobodyWaitsBehindALongTurn(t *testing.T) {
	const spin = `local till = skynet.now() + cs while skynet.now() < till do %s end skynet.retpack() `
	service := func(work string) string {
		return `local skynet = require "skynet" skynet.start(function() skynet.dispatch("lua", function(_, _, echo, cs) ` +
			fmt.Sprintf(spin, work) + ` end) end)`
	}
	tn := newTestNode(t, map[string]string{
		"echo.lua": benchEcho, "hog.lua": service(""), "client.lua": service(`skynet.call(echo, "lua", "echo")`),
	}, func(c *Config) { c.Workers = 2 })
	echo, third := tn.launch("echo"), tn.launch("echo")
	client, hog := tn.launch("client"), tn.launch("hog")
	busy := make(chan struct{}, 2)
	for _, h := range []Handle{client, hog} {
		go func() {
			tn.Call(tn.ctx, h, lua.LNumber(echo), lua.LNumber(2000)) // 20 s, or until it is killed
			busy <- struct{}{}
		}()
	}
	waitFor(t, "both to be busy", func() bool {
		turns := 0
		for _, w := range tn.sched.InUse() {
			if w.Current() != nil {
				turns++
			}
		}
		return turns >= 2
	})
	for range 20 {
		if _, err := tn.Call(tn.ctx, third, lua.LString("echo")); err != nil {
			t.Fatal(err)
		}
	}
	if len(busy) > 0 {
		t.Error("twenty calls to a third service took as long as the others were busy")
	}
	for _, h := range []Handle{client, hog} {
		if err := tn.Kill(h); err != nil {
			t.Error(err)
		}
		<-busy
	}
}
