package runtime

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// asker calls the name that it is told.
const asker = `
local skynet = require "skynet"
skynet.start(function()
	skynet.dispatch("lua", function(_, _, name, x) skynet.retpack(pcall(skynet.call, name, "lua", x)) end)
end)`

// TestGlobalNameByReload has new code register a name that messages wait for: it
// gets them, and one version that fails to start changes nothing.
func TestGlobalNameByReload(t *testing.T) {
	version := func(name, extra string) string {
		return fmt.Sprintf(`
local skynet = require "skynet"
local harbor = require "skynet.harbor"
require "skynet.manager"
skynet.start(function()
	skynet.dispatch("lua", function(_, _, ...) skynet.retpack(%q, ...) end)
	%s
end)`, name, extra)
	}
	tn := newTestNode(t, map[string]string{"s.lua": version("old", ""), "asker.lua": asker}, nil)
	h, from := tn.launch("s"), tn.launch("asker")
	answers := make(chan string)
	call := func(x string) {
		go func() {
			values, err := tn.Call(tn.ctx, from, lua.LString("NAME"), lua.LString(x))
			answers <- fmt.Sprint(values, err)
		}()
		waitFor(t, "the call to be kept", func() bool {
			tn.globals.mu.Lock()
			defer tn.globals.mu.Unlock()
			return tn.globals.kept["NAME"] == len(x)
		})
	}
	call("1")
	tn.write("s.lua", version("broken", `skynet.register "NAME" skynet.yield() error "no"`))
	if r := tn.reload1(h, ReloadOptions{}); r.Err == nil {
		t.Error("a broken version was taken")
	}
	call("22")
	tn.write("s.lua", version("new", `skynet.register "NAME" assert(harbor.queryname "NAME" == skynet.self()) skynet.yield()`))
	tn.mustReload(h)
	got := []string{<-answers, <-answers}
	slices.Sort(got)
	if want := "[true new 1] <nil>, [true new 22] <nil>"; strings.Join(got, ", ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
	}
}

// TestGlobalNameIsTaken has a service take a name while four others send to it:
// nothing is lost, doubled, or out of the order of its sender.
func TestGlobalNameIsTaken(t *testing.T) {
	tn := newTestNode(t, map[string]string{
		"taker.lua": `
local skynet = require "skynet"
require "skynet.manager"
local name = ...
skynet.start(function()
	local last, n, wrong = {}, 0, 0
	skynet.dispatch("lua", function(_, from, i)
		if i == "n" then return skynet.retpack(n, wrong) end
		if i ~= (last[from] or 0) + 1 then wrong = wrong + 1 end
		last[from] = i
		n = n + 1
	end)
	skynet.register(name)
end)`,
		"sender.lua": `
local skynet = require "skynet"
local name = ...
skynet.start(function()
	skynet.dispatch("lua", function()
		for i = 1, 300 do skynet.send(name, "lua", i) end
		skynet.retpack("done")
	end)
end)`}, nil)
	for round := range 20 {
		name := fmt.Sprint("NAME", round)
		sent := make(chan error)
		for range 4 {
			h := tn.launch("sender", name)
			go func() {
				_, err := tn.Call(tn.ctx, h)
				sent <- err
			}()
		}
		taker := tn.launch("taker", name)
		for range 4 {
			if err := <-sent; err != nil {
				t.Error(err)
			}
		}
		if got := tn.ask(taker, "n"); got != "1200 0" {
			t.Errorf("round %d: %s, want 1200 messages and 0 out of order", round, got)
		}
	}
}
