package runtime

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func injectorNode(t *testing.T) (*testNode, Handle) {
	t.Helper()
	tn := newTestNode(t, map[string]string{"main.lua": `
local skynet = require "skynet"
closed = false
skynet.start(function()
	skynet.dispatch("lua", function(_, _, what)
		if what == "spin" then local t = skynet.now() while skynet.now() - t < 30 do end end
		skynet.retpack(what)
	end)
end)`}, nil)
	return tn, tn.launch("main")
}

// A console that gives up ends the code that it has started, whether it runs or
// waits, and whatever it catches; the service goes on.
func TestInjectedCodeEndsWithItsConsole(t *testing.T) {
	tn, h := injectorNode(t)
	for name, code := range map[string]string{
		"runs":             `while true do end`,
		"catches":          `while true do pcall(function() while true do end end) end`,
		"in a coroutine":   `coroutine.wrap(function() while true do end end)()`,
		"in a sort":        `local t = {} for i = 1, 100 do t[i] = i end while true do table.sort(t, function(a, b) return a > b end) end`,
		"waits":            `require "skynet".wait()`,
		"waits, in turns":  `while true do pcall(require "skynet".sleep, 0) end`,
		"waits to close":   `local c <close> = setmetatable({}, {__close = function() _G.closed = true end}) require "skynet".wait()`,
		"never closes":     `local c <close> = setmetatable({}, {__close = function() while true do end end}) require "skynet".wait()`,
		"waits for others": `require "skynet".call(require "skynet".self(), "lua", "a request of its own") require "skynet".wait()`,
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(tn.ctx)
			ended := make(chan error, 1)
			begun := fmt.Sprintf("require 'skynet'.error %q ", "begun: "+name)
			go func() {
				_, err := tn.Inject(ctx, h, InjectOptions{Chunk: "=test", Code: begun + code})
				ended <- err
			}()
			tn.wantLog("begun: " + name)
			cancel()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			if got := tn.ask(h, "still there"); got != "still there" {
				t.Errorf("%q", got)
			}
			if tasks, err := tn.Tasks(tn.ctx, h); err != nil || len(tasks) > 0 {
				t.Errorf("left: %v, %v", tasks, err)
			}
			if name == "waits to close" {
				out, err := tn.Inject(tn.ctx, h, InjectOptions{Chunk: "=test", Code: "return closed", Expression: true})
				if err != nil || len(out.Values) != 1 || out.Values[0].String() != "true" {
					t.Errorf("__close didn't run: %v, %v", out.Values, err)
				}
			}
		})
	}
}

// Giving up concerns the chunk and nothing else: requests that run at that moment
// come to their end.
func TestGivingUpMeetsNobodyElse(t *testing.T) {
	tn, h := injectorNode(t)
	for range 20 {
		ctx, cancel := context.WithCancel(tn.ctx)
		ended := make(chan error, 1)
		go func() {
			_, err := tn.Inject(ctx, h, InjectOptions{Chunk: "=test", Code: `require "skynet".wait()`})
			ended <- err
		}()
		answer := make(chan string, 1)
		go func() { answer <- tn.ask(h, "spin") }()
		cancel()
		if got := <-answer; got != "spin" {
			t.Fatalf("%q", got)
		}
		<-ended
	}
}

// A chunk whose time is up goes on, and that is said, with its task; one that the
// service hasn't come to never runs.
func TestInjectedCodeOutOfTime(t *testing.T) {
	tn, h := injectorNode(t)
	within := func(d time.Duration, code string) error {
		ctx, cancel := context.WithTimeout(tn.ctx, d)
		defer cancel()
		_, err := tn.Inject(ctx, h, InjectOptions{Chunk: "=test", Code: code})
		return err
	}
	var on *GoesOnError
	err := within(3*time.Second, "\nrequire 'skynet'.wait()")
	if !errors.As(err, &on) || !on.Waits || on.What() != "the code goes on: it waits at test:2" {
		t.Fatal(err)
	}
	tasks, err := tn.Tasks(tn.ctx, h)
	if err != nil || len(tasks) != 1 || tasks[0].Name != on.Task.Name {
		t.Errorf("%v isn't %v, %v", tasks, on.Task, err)
	}
	err = within(3*time.Second, "while true do end")
	if !errors.As(err, &on) || on.Waits || !strings.HasPrefix(on.What(), "the code goes on") {
		t.Fatal(err)
	}
	if err := within(100*time.Millisecond, "_G.ran = true"); !errors.Is(err, errNeverRun) {
		t.Fatal(err)
	}
	if _, err := tn.Signal(h, 0); err != nil {
		t.Fatal(err)
	}
	if got := tn.ask(h, "free"); got != "free" {
		t.Errorf("%q", got)
	}
	out, err := tn.Inject(tn.ctx, h, InjectOptions{Chunk: "=test", Code: "return ran", Expression: true})
	if err != nil || out.Values[0].String() != "nil" {
		t.Errorf("it ran: %v, %v", out.Values, err)
	}
}
