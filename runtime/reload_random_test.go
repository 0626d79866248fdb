package runtime

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// randomService answers with the version of its code. Versions that must never
// serve are negative.
const randomService = `
local skynet = require "skynet"
local reload = require "reload"
local VERSION = %d
local state = reload.keep("state", { added = 0, ticks = 0 })
local CMD = {}
function CMD.add() state.added = state.added + 1 return VERSION, state.added end
function CMD.slow() for i = 1, 5 do skynet.yield() end return VERSION end
function CMD.timer() local t = {} skynet.timeout(0, function() skynet.yield() skynet.wakeup(t) end) skynet.wait(t) return VERSION end
function CMD.forked() local t, v = {}, nil skynet.fork(function() skynet.yield() v = VERSION skynet.wakeup(t) end) skynet.wait(t) return v end
function CMD.later() local r = skynet.response() skynet.fork(function() skynet.yield() r(true, VERSION) end) end
function CMD.decline(why) reload.decline(why or false) return VERSION end
function CMD.nested() return (skynet.call(skynet.self(), "lua", "slow")) and VERSION end
skynet.start(function()
	%s
	skynet.fork(function() while true do state.ticks = state.ticks + 1 skynet.sleep(1) end end)
	skynet.dispatch("lua", function(_, _, cmd, ...)
		if cmd == "later" then return CMD.later() end
		skynet.retpack(CMD[cmd](...))
	end)
end)
`

// randomStarts are what the start function does, by the kind of reload.
var randomStarts = map[string]string{
	"good":          "",
	"goodslow":      "skynet.yield() skynet.yield()",
	"failing":       "skynet.yield() error 'fails'",
	"syntax":        "local x = = 1",
	"hanging":       "skynet.wait()",
	"spinning":      "while true do end",
	"declined":      "",
	"goodmigrating": `reload.migrate(VERSION, function(_, kept) skynet.yield() kept.state.shape = VERSION end)`,
	"badmigrating":  `reload.migrate(VERSION, function(_, kept) kept.state.added = -1000 skynet.yield() error "half way" end)`,
}

// TestReloadRandom runs callers, timers, kept state and reloads (good, failing,
// hanging, declined, with and without a migration) in any interleaving against a model: a call is answered once, by a version
// that served between its sending and its answer; kept state counts every
// change; nothing is left waiting. DEVNODE_RUNS and DEVNODE_SEED have more of
// them, or others.
func TestReloadRandom(t *testing.T) {
	runs, seed := 150, seedOf(t)
	if s := os.Getenv("DEVNODE_RUNS"); s != "" {
		runs, _ = strconv.Atoi(s)
	}
	tn := newTestNode(t, map[string]string{"s.lua": fmt.Sprintf(randomService, 1, "")}, func(c *Config) {
		c.ReloadTimeout = 30 * time.Millisecond
	})
	for i := range runs {
		if tn.randomRun(rand.New(rand.NewPCG(seed, uint64(i)))); t.Failed() {
			t.Fatalf("run %d of DEVNODE_SEED=%d", i, seed)
		}
	}
	tn.wantNoLog("Unknown session")
	tn.wantNoLog("Maybe forgot response")
}

func (tn *testNode) randomRun(r *rand.Rand) {
	h := tn.launch("s")
	defer tn.Kill(h)
	var serving, newest atomic.Int64 // versions: at least this one serves, at most that one
	serving.Store(1)
	newest.Store(1)
	var added atomic.Int64
	var callers sync.WaitGroup
	for range 1 + r.IntN(4) {
		cmds := randomCalls(r)
		callers.Go(func() {
			for _, cmd := range cmds {
				tn.checkedCall(h, cmd, &serving, &newest, &added)
			}
		})
	}
	kinds := []string{"good", "good", "goodslow", "goodmigrating", "failing", "badmigrating", "syntax", "hanging", "spinning", "declined"}
	for range 1 + r.IntN(4) {
		kind := kinds[r.IntN(len(kinds))]
		if r.IntN(8) > 0 && (kind == "hanging" || kind == "spinning") {
			kind = "good" // these take their whole deadline
		}
		tn.randomReload(h, kind, &serving, &newest)
	}
	callers.Wait()
	if got := tn.ask(h, "add"); !strings.HasSuffix(got, fmt.Sprintf(" %d", added.Load()+1)) {
		tn.t.Errorf("kept state after %d additions and one more: %s", added.Load(), got)
	}
	tn.checkIdle(h)
}

func randomCalls(r *rand.Rand) []string {
	all := []string{"add", "add", "slow", "timer", "forked", "later", "nested"}
	cmds := make([]string, 1+r.IntN(8))
	for i := range cmds {
		cmds[i] = all[r.IntN(len(all))]
	}
	return cmds
}

func (tn *testNode) checkedCall(h Handle, cmd string, serving, newest, added *atomic.Int64) {
	least := serving.Load()
	got, err := tn.tryAsk(h, cmd)
	if err != nil {
		tn.t.Errorf("%s: %v", cmd, err)
		return
	}
	if cmd == "add" {
		added.Add(1)
	}
	v, _ := strconv.ParseInt(strings.Fields(got)[0], 10, 64)
	if v < least || v > newest.Load() {
		tn.t.Errorf("%s was answered by version %d; %d to %d served", cmd, v, least, newest.Load())
	}
}

func (tn *testNode) randomReload(h Handle, kind string, serving, newest *atomic.Int64) {
	good := strings.HasPrefix(kind, "good")
	v := newest.Load() + 1
	if good {
		newest.Store(v)
	} else {
		v = -v
	}
	if kind == "declined" {
		tn.ask(h, "decline", "not now")
		defer tn.ask(h, "decline")
	}
	source := fmt.Sprintf(randomService, v, randomStarts[kind])
	record := tn.reload1(h, ReloadOptions{Files: map[string][]byte{tn.dir + "/s.lua": []byte(source)}})
	if good && record.Err != nil && strings.Contains(record.Err.Error(), "outlasts") {
		return // on a machine that is busy with other things; the old version has to go on
	}
	if (record.Err == nil) != good || kind == "declined" && !strings.Contains(record.Err.Error(), "declines to be reloaded: not now") {
		tn.t.Errorf("a %s reload: %v", kind, record.Err)
	}
	if good {
		serving.Store(v)
	}
}

// checkIdle waits until old generations are gone, and then wants no session
// left but the ticker's.
func (tn *testNode) checkIdle(h Handle) {
	waitFor(tn.t, "old generations to retire", func() bool { return tn.info(h).Draining == 0 })
	s, err := tn.Service(h)
	if err != nil {
		tn.t.Error(err)
		return
	}
	tn.ask1(s, func(s *Service) {
		if s.waits.len() != 1 || len(s.sleepers) != 1 || len(s.forks) != 0 || len(s.code.responses) != 0 {
			tn.t.Errorf("left: %d sessions, %d sleepers, %d forks, %d responses; want the ticker's sleep only", s.waits.len(), len(s.sleepers), len(s.forks), len(s.code.responses))
		}
	})
}

func (tn *testNode) ask1(s *Service, fn func(*Service)) {
	if err := tn.Node.ask(tn.ctx, s, fn); err != nil {
		tn.t.Error(err)
	}
}
