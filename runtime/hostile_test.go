package runtime

import (
	"context"
	"strings"
	"testing"
	"time"
)

// hostileScripts end a process, or make it hang, on the stock VM. The whole
// list, with memory bounds, is in stdlib/hostile_test.go; here a node has to
// stay at hand meanwhile.
var hostileScripts = map[string]string{
	"loop":               `while true do end`,
	"loop under pcall":   `while true do pcall(function() while true do end end) end`,
	"loop of coroutines": `while true do coroutine.wrap(function() coroutine.yield() end)() end`,
	"tail call":          `local function f() return f() end f()`,
	"recursion":          `local function f() return 1 + f() end f()`,
	"recursion of pcall": `local function f() return pcall(f) end f() error "end"`,
	"recursion of index": `local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k] end return t.x`,
	"nested coroutines":  `local function f() return coroutine.wrap(f)() end f()`,
	"backtracking":       `return (("a"):rep(60)):find(("a*"):rep(30) .. "b")`,
	"quadratic gsub":     `return (("a"):rep(1e6)):gsub("a-b", "")`,
	"pattern recursion":  `return (("a"):rep(1e6)):match("(" .. ("a?"):rep(1e5) .. ")")`,
	"huge string":        `return ("x"):rep(1e10)`,
	"huge unpack":        `return table.unpack({}, 1, 1e8)`,
	"deep source":        `return assert(load(("("):rep(1e6)))`,
	"error in a close":   `local t <close> = setmetatable({}, { __close = function() while true do end end }) error "end"`,
	"many words":         `return require("skynet").newservice("good", ("a "):rep(2e6))`,
	"endless send":       `local skynet = require "skynet" while true do skynet.send(skynet.self(), "lua", "noop") if skynet.mqlen() > 1000 then error "enough" end end`,
}

// TestHostileScripts runs each in a service that lives beside others: the node
// tells of its services, another service answers, the script ends by itself or
// by a signal, and its own service goes on.
func TestHostileScripts(t *testing.T) {
	for name, code := range hostileScripts {
		t.Run(name, func(t *testing.T) {
			tn := newTestNode(t, map[string]string{
				"bad.lua": "local skynet = require 'skynet'\nlocal function bad() " + code + " end\nskynet.start(function() skynet.dispatch('lua', function(_, _, cmd)\n" +
					"if cmd == 'bad' then bad() end if cmd ~= 'noop' then skynet.retpack('alive') end end) end)",
				"good.lua": version(1),
			}, func(c *Config) { c.Workers = 2 })
			bad, good := tn.launch("bad"), tn.launch("good")
			ended := make(chan error, 1)
			go func() { _, err := tn.tryAsk(bad, "bad"); ended <- err }()
			tn.atHand(good)
			select {
			case err := <-ended:
				ended <- err
			case <-time.After(200 * time.Millisecond):
				tn.atHand(good)
				tn.Signal(bad, 0)
			}
			select {
			case err := <-ended:
				if err == nil || !strings.Contains(err.Error(), "call failed") {
					t.Errorf("the caller got %v", err)
				}
			case <-time.After(time.Minute):
				t.Fatal("the signal did not end it")
			}
			if got := tn.ask(bad, "look"); got != "alive" {
				t.Errorf("its service answers %q", got)
			}
		})
	}
}

// atHand wants a list of the services, and an answer of another service.
func (tn *testNode) atHand(other Handle) {
	tn.t.Helper()
	if n := len(tn.List()); n < 5 {
		tn.t.Errorf("%d services listed", n)
	}
	ctx, cancel := context.WithTimeout(tn.ctx, time.Minute)
	defer cancel()
	if _, err := tn.Inject(ctx, other, InjectOptions{Chunk: "=test", Code: "return SERVICE_NAME", Expression: false}); err != nil {
		tn.t.Errorf("another service: %v", err)
	}
}
