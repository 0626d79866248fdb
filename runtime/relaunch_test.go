package runtime

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const child = `local skynet = require "skynet"
local word = ...
skynet.start(function() skynet.dispatch("lua", function(_, _, what) if what == "exit" then skynet.exit() end skynet.retpack(word) end) end)`

// servicesOf lists the addresses of the services of a script, in order.
func (tn *testNode) servicesOf(script string) (list []Handle) {
	for _, info := range tn.List() {
		if info.Script == script {
			list = append(list, info.Handle)
		}
	}
	slices.Sort(list)
	return list
}

// A start function that runs again finds the services that it has launched, by the
// way that it launches them.
func TestRelaunchFindsWhatLives(t *testing.T) {
	for name, launch := range map[string]string{
		"newservice":           `skynet.newservice("child", %s)`,
		"one line of words":    `skynet.newservice("child " .. %s)`,
		"launch":               `skynet.launch("snlua", "child", %s)`,
		"the launcher":         `skynet.call(".launcher", "lua", "LAUNCH", "snlua", "child", %s)`,
		"a fork of the start":  `nil skynet.fork(function() c[#c] = skynet.newservice("child", %s) end)`,
		"a timer of the start": `nil skynet.timeout(0, function() c[#c] = skynet.newservice("child", %s) end)`,
	} {
		t.Run(name, func(t *testing.T) {
			body := func(words ...string) string {
				start := ""
				for _, w := range words {
					start += fmt.Sprintf("c[#c + 1] = "+launch+" c[#c] = c[#c] or false\n", `"`+w+`"`)
				}
				return fmt.Sprintf("require 'skynet.manager' local c = {%d}\nfunction START() c = {}\n%s end function CMD.n() return #c end", len(words), start)
			}
			tn := newTestNode(t, map[string]string{"child.lua": child, "main.lua": stateService(body("a", "b", "a"))}, nil)
			h := tn.launch("main")
			waitFor(t, "three children", func() bool { return len(tn.servicesOf("child")) == 3 })
			first := tn.servicesOf("child")
			r := tn.carried(h, body("a", "a", "b")+"\nlocal x")
			if got := tn.servicesOf("child"); !slices.Equal(got, first) || len(r.Found) != 3 || len(r.Left) > 0 {
				t.Errorf("after a reload: %v, first %v; found %v, left %v", got, first, r.Found, r.Left)
			}
			r = tn.carried(h, body("a", "c")+"\nlocal y")
			waitFor(t, "a fourth child", func() bool { return len(tn.servicesOf("child")) == 4 })
			if got := strings.Join(r.Left, ", "); len(r.Left) != 2 && !strings.Contains(name, "of the start") {
				t.Errorf("no longer launched: %s", got)
			}
			tn.carried(h, body("a", "b", "a", "c")+"\nlocal z")
			if got := tn.servicesOf("child"); len(got) != 4 {
				t.Errorf("with all four again: %v", got)
			}
		})
	}
}

// What has ended meanwhile is launched anew, what a request launches is, and what a
// failed attempt launches ends with it.
func TestRelaunchOfOthers(t *testing.T) {
	body := `local c
function START() c = skynet.newservice("child", "a") %s end
function CMD.c() return c end
function CMD.new() return skynet.newservice("child", "a") end`
	tn := newTestNode(t, map[string]string{"child.lua": child, "main.lua": stateService(fmt.Sprintf(body, ""))}, nil)
	h := tn.launch("main")
	a := tn.servicesOf("child")[0]
	tn.carried(h, fmt.Sprintf(body, "")+"\nlocal x")
	tn.expect(h, fmt.Sprintf("c = %d", a))
	tn.command(h, "new")
	if got := tn.servicesOf("child"); len(got) != 2 {
		t.Errorf("after a request: %v", got)
	}
	tn.write("main.lua", stateService(fmt.Sprintf(body, `skynet.newservice("child", "more") error("no")`)))
	if r := tn.reload1(h, ReloadOptions{}); r.Err == nil {
		t.Error("the start that raises has succeeded")
	}
	waitFor(t, "the end of what it launched", func() bool { return len(tn.servicesOf("child")) == 2 })
	tn.expect(h, fmt.Sprintf("c = %d", a))
	if err := tn.Kill(a); err != nil {
		t.Error(err)
	}
	tn.carried(h, fmt.Sprintf(body, "")+"\nlocal y")
	if got := tn.command(h, "c"); got == fmt.Sprint(a) || len(tn.servicesOf("child")) != 2 {
		t.Errorf("after a kill: %s of %v", got, tn.servicesOf("child"))
	}
}

// A service that has reloaded itself with other words is found by those that it was
// launched with.
func TestRelaunchFindsWhatHasOtherWordsNow(t *testing.T) {
	echo := `local skynet, reload = require "skynet", require "reload"
local version = ...
skynet.start(function() skynet.dispatch("lua", function(_, _, what)
	if what == "next" then skynet.timeout(0, function() reload(version + 1) end) end
	skynet.retpack(version)
end) end)`
	body := `local echo
function START() echo = skynet.newservice("echo", 1) end
function CMD.ask(what) return skynet.call(echo, "lua", what) end`
	tn := newTestNode(t, map[string]string{"echo.lua": echo, "main.lua": stateService(body)}, nil)
	h := tn.launch("main")
	tn.expect(h, "ask next = 1")
	waitFor(t, "the second version", func() bool { return tn.command(h, "ask") == "2" })
	r := tn.carried(h, body+"\nlocal x")
	if len(tn.servicesOf("echo")) != 1 || len(r.Found) != 1 || len(r.Left) > 0 {
		t.Errorf("%d echos; found %v, left %v", len(tn.servicesOf("echo")), r.Found, r.Left)
	}
	tn.expect(h, "ask = 2")
}

// Timers and forks of requests that end with the old code are named, those of the
// start function aren't; connections that lose their reader are counted.
func TestReloadNamesWhatEnds(t *testing.T) {
	body := `local port, reading
function START()
	skynet.timeout(100000, function() end)
	skynet.fork(function() skynet.sleep(100000) end)
	local id = socket.listen("127.0.0.1", 0)
	socket.start(id, function(conn)
		socket.start(conn)
		reading = true
		socket.readline(conn)
	end)
end
local function later() end
function CMD.arm()
	skynet.timeout(100000, later)
	skynet.timeout(100000, later)
	skynet.fork(function() skynet.sleep(100000) end)
end
function CMD.slow()
	skynet.timeout(100000, later)
	skynet.wait("gate")
	return 1
end
function CMD.go() skynet.wakeup("gate") end
function CMD.reading() return reading end
function CMD.open(port) socket.open("127.0.0.1", tonumber(port)) end
`
	tn := newTestNode(t, map[string]string{"main.lua": stateService(body)}, nil)
	h, other := tn.launch("main"), tn.launch("main")
	port := ""
	for _, so := range tn.Sockets() {
		if so.Service == h {
			_, port, _ = strings.Cut(so.Local, ":")
		}
	}
	tn.expect(other, "open "+port+" = ; open "+port+" = ")
	waitFor(t, "two readers", func() bool { return strings.Count(fmt.Sprint(tn.taskPlaces(h)), "main.lua:12") == 2 })
	tn.expect(h, "arm = ")
	answer := tn.callLater(h, "slow")
	tn.waitForTask(h, "main.lua:23")
	r := tn.carried(h, body+"\nlocal x")
	if got := strings.Join(r.Lost, ", "); got != "1 fork (main.lua:19), 2 timers (main.lua:15)" || r.Unread != 2 {
		t.Errorf("lost %s; %d connections", got, r.Unread)
	}
	if !strings.HasSuffix(r.Summary(), "; lost: 1 fork (main.lua:19), 2 timers (main.lua:15); 2 connections have no reader") {
		t.Error(r.Summary())
	}
	tn.expect(h, "go = ")
	<-answer
	tn.wantLog("; lost: 1 timer (main.lua:15)")
}

func (tn *testNode) taskPlaces(h Handle) (places []string) {
	tasks, _ := tn.Tasks(testContext(tn.t), h)
	for _, task := range tasks {
		places = append(places, task.At)
	}
	return places
}

// Connections that the new code goes on to read have a reader.
func TestReloadCountsNoReaders(t *testing.T) {
	body := `local conns = {}
local function read(conn) skynet.fork(function() socket.start(conn) conns[conn] = true while socket.readline(conn) do end conns[conn] = nil end) end
function START()
	for conn in pairs(conns) do read(conn) end
	local id = socket.listen("127.0.0.1", 0)
	socket.start(id, read)
end
function CMD.open(port) socket.open("127.0.0.1", tonumber(port)) end
`
	tn := newTestNode(t, map[string]string{"main.lua": stateService(body)}, nil)
	h, other := tn.launch("main"), tn.launch("main")
	for _, so := range tn.Sockets() {
		if _, port, _ := strings.Cut(so.Local, ":"); so.Service == h {
			tn.expect(other, "open "+port+" = ")
		}
	}
	waitFor(t, "a reader", func() bool { return strings.Contains(fmt.Sprint(tn.taskPlaces(h)), "main.lua:5") })
	for _, more := range []string{"\nlocal x", "\nlocal y"} {
		if r := tn.carried(h, body+more); r.Unread != 0 || len(r.Lost) > 0 || !slices.Contains(r.Kept, "conns") {
			t.Errorf("%d connections without a reader; lost %v, kept %v", r.Unread, r.Lost, r.Kept)
		}
	}
}
