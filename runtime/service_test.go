package runtime

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/actor"
)

func cellScript(version string) string {
	return fmt.Sprintf(`local skynet = require "skynet"
local service = require "skynet.service"
local function other() end
local function main()
	local skynet = require "skynet"
	skynet.dispatch("lua", function() skynet.retpack(%q) end)
end
skynet.start(function()
	local s = service.new("made", main)
	skynet.dispatch("lua", function() skynet.retpack(s) end)
end)
`, version)
}

func TestReloadOfAServiceMadeOfAFunction(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": cellScript("one")}, nil)
	owner := tn.launch("s")
	var made Handle
	fmt.Sscan(tn.ask(owner), (*uint32)(&made))
	if got := tn.ask(made); got != "one" {
		t.Fatalf("got %s", got)
	}
	tn.write("s.lua", "-- a new line\n"+cellScript("two"))
	tn.mustReload(made)
	if got := tn.ask(made); got != "two" {
		t.Errorf("got %s", got)
	}
	tn.write("s.lua", strings.Replace(cellScript("three"), "local function other() end\n", "", 1))
	if r := tn.reload1(made, ReloadOptions{}); r.Err == nil || !strings.Contains(r.Err.Error(), "s.lua has other functions than when made was launched") {
		t.Errorf("the reload: %v", r.Err)
	}
	if got := tn.ask(made); got != "two" {
		t.Errorf("got %s", got)
	}
}

// logToScript has a script take the log, once logger names it.
func logToScript(c *Config) { c.Env = map[string]string{"logservice": "snlua"} }

func TestPreloadAndLogService(t *testing.T) {
	tn := newTestNode(t, map[string]string{
		"pre.lua": `PRELOADED = table.concat({...}, "+")`,
		"userlog.lua": `local skynet, arg = require "skynet", ...
			skynet.register_protocol { name = "text", id = skynet.PTYPE_TEXT, unpack = skynet.tostring,
				dispatch = function(_, source, text) print(skynet.address(source), arg, text) end }
			skynet.start(function() end)`,
		"s.lua": `local skynet = require "skynet"
			skynet.start(function() skynet.dispatch("lua", function(...) skynet.error("says", PRELOADED) skynet.retpack(PRELOADED) end) end)`,
	}, logToScript)
	for k, v := range map[string]string{"preload": tn.dir + "/pre.lua", "logger": "userlog arg"} {
		tn.Setenv(k, v)
	}
	tn.startLogService()
	h := tn.launch("s", "a", "b")
	if h != actor.FirstUserHandle {
		t.Errorf("the first service is %s", h)
	}
	if got := tn.ask(h); got != "s+a+b" {
		t.Errorf("preloaded: %s", got)
	}
	waitFor(t, "the line", func() bool { return strings.Contains(tn.out.String(), h.String()+"\targ\tsays s+a+b\n") })
	waitFor(t, "the first line", func() bool { return strings.Contains(tn.out.String(), h.String()+"\targ\tLAUNCH snlua s a b\n") })
	tn.wantNoLog("says")
	if err := tn.Kill(Handle(tn.logger.script.Load())); err != nil {
		t.Fatal(err)
	}
	tn.ask(h)
	waitFor(t, "the line in the node's own log", func() bool { return strings.Contains(tn.log.String(), "says s+a+b") })
}

// The script that takes the log is .logger, for all that may be sent there, until it
// ends.
func TestLogServiceIsLogger(t *testing.T) {
	tn := newTestNode(t, map[string]string{
		"userlog.lua": `local skynet = require "skynet"
			local lines = 0
			skynet.register_protocol { name = "text", id = skynet.PTYPE_TEXT, unpack = skynet.tostring,
				dispatch = function() lines = lines + 1 end }
			skynet.start(function()
				skynet.register ".logger"
				skynet.dispatch("lua", function(_, _, what) skynet.retpack(what, lines > 0, skynet.address(skynet.self())) end)
			end)`,
		"s.lua": `local skynet = require "skynet"
			skynet.start(function() skynet.dispatch("lua", function(_, _, to)
				skynet.retpack(skynet.localname ".logger", skynet.call(to, "lua", "asked"))
			end) end)`,
	}, logToScript)
	tn.Setenv("logger", "userlog")
	tn.startLogService()
	h := tn.launch("s")
	waitFor(t, "the script's answer", func() bool {
		got, _ := tn.tryAsk(h, ".logger")
		return got == "5 asked true :00000005"
	})
	if err := tn.Kill(handleLogScript); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the node's own logger to have the name", func() bool { got, _ := tn.Find(".logger"); return got == handleLogger })
}

func TestLogServiceThatFails(t *testing.T) {
	tn := newTestNode(t, map[string]string{
		"userlog.lua": `require "skynet".start(function() require "skynet".sleep(5) error "no log today" end)`,
		"s.lua":       `require "skynet".start(function() end)`,
	}, logToScript)
	tn.Setenv("logger", "userlog")
	tn.startLogService()
	tn.launch("s")
	for _, line := range []string{"LAUNCH snlua userlog", "LAUNCH snlua s", "init service failed: "} {
		waitFor(t, line, func() bool { return strings.Contains(tn.log.String(), line) })
	}
}

func TestServiceInAFolderOfItsOwnFindsItsModulesThere(t *testing.T) {
	tn := newTestNode(t, map[string]string{
		"room/main.lua": `local skynet = require "skynet"
			local map = require "map"
			skynet.start(function() skynet.dispatch("lua", function() skynet.retpack(map, SERVICE_NAME) end) end)`,
		"room/map.lua": `return "the room's map"`,
		"map.lua":      `return "another map"`,
	}, func(c *Config) {
		c.ServicePath = append(c.ServicePath, strings.Replace(c.ServicePath[0], "?.lua", "?/main.lua", 1))
	})
	if got := tn.ask(tn.launch("room")); got != "the room's map room" {
		t.Errorf("got %s", got)
	}
}

type upper struct{}

func (upper) Handle(s *Service, m Message) {
	answer := s.Later(m)
	text := ""
	if v := m.Data.Values(); len(v) > 0 {
		text = v[0].String()
	}
	go func() {
		if text == "" {
			answer(errors.New("nothing to do"))
			return
		}
		answer(nil, lua.LString(strings.ToUpper(text)))
		answer(nil, lua.LString("again"))
	}()
}

func TestServicesInGo(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": `local skynet = require "skynet"
local seen
skynet.start(function()
	skynet.dispatch("lua", function(_, _, cmd, ...)
		if cmd == "seen" then skynet.retpack(seen)
		elseif cmd == "note" then seen = ...
		else skynet.retpack(skynet.call(".upper", "lua", ...)) end
	end)
end)`}, nil)
	s, err := tn.NewService(".upper", upper{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tn.NewService(".upper", upper{}); err == nil {
		t.Error("the name was given twice")
	}
	h := tn.launch("s")
	if got := tn.ask(h, "upper", "text"); got != "TEXT" {
		t.Errorf("got %s", got)
	}
	if _, err := tn.tryAsk(h, "upper"); err == nil || !strings.Contains(err.Error(), "call failed: nothing to do") {
		t.Errorf("got %v", err)
	}
	s.Send(h, lua.LString("note"), lua.LNumber(7))
	if got := tn.ask(h, "seen"); got != "7" {
		t.Errorf("got %s", got)
	}
	s.Close()
	s.Close()
	if _, err := tn.tryAsk(h, "upper", "text"); err == nil || !strings.Contains(err.Error(), "call to invalid address .upper") {
		t.Errorf("got %v", err)
	}
}

// TestCallWhileStarting: the console's call waits for a service that starts, but
// not for one that serves while its start function still runs.
func TestCallWhileStarting(t *testing.T) {
	tn := newTestNode(t, map[string]string{
		"slow.lua": `
		local skynet, args = require "skynet", ...
		skynet.start(function()
			skynet.fork(function() skynet.sleep(5) skynet.wakeup "go" end)
			skynet.wait "go"
			if args then error "fails" end
			skynet.dispatch("lua", function(_, _, ...) skynet.retpack("served", ...) end)
			skynet.wait "for ever"
		end)`,
		"never.lua": `require("skynet").start(function() require("skynet").wait "for ever" end)`,
	}, nil)
	call := func(script string, args ...string) (string, error) {
		s, err := tn.Node.launch(nil, script, args, func(*Service, error) {})
		if err != nil {
			t.Fatal(err)
		}
		limit := 60 * time.Second
		if script == "never" {
			limit = 50 * time.Millisecond
		}
		ctx, cancel := context.WithTimeout(tn.ctx, limit)
		defer cancel()
		values, err := tn.Call(ctx, s.actor.Handle(), lua.LString("x"))
		return fmt.Sprint(values), err
	}
	if got, err := call("slow"); got != "[served x]" || err != nil {
		t.Error(got, err)
	}
	if _, err := call("slow", "fails"); !errors.Is(err, ErrNoService) && (err == nil || !strings.Contains(err.Error(), "init service failed")) {
		t.Error(err)
	}
	if _, err := call("never"); err == nil || !strings.Contains(err.Error(), "has not finished its start function yet") {
		t.Error(err)
	}
}
