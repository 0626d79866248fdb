package lpeg_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime"
	"devnode/runtime/library/librarytest"
)

// TestConformance wants what lpeg 1.1 gives, errors included: of its functions, a few grammars, and 1,500 patterns that are put
// together at random.
func TestConformance(t *testing.T) { librarytest.Conformance(t) }

// TestReload wants a grammar with functions in it to match with the functions of the new code, and a pattern that was kept to
// match as before.
func TestReload(t *testing.T) {
	before, after := librarytest.AcrossReload(t, `
		local skynet = require "skynet"
		local lpeg = require "lpeg"
		local reload = require "reload"
		local word = lpeg.C(lpeg.R "az" ^ 1)
		local list = lpeg.Ct(word / string.upper * (lpeg.S " " ^ 1 * word / function(w) return w .. "!" end) ^ 0)
		local kept = reload.keep("patterns", function() return { word = word / function(w) return "kept " .. w end } end)
		skynet.start(function()
			skynet.dispatch("lua", function()
				collectgarbage()
				skynet.retpack(table.concat(list:match "one two three", ",") .. "," .. kept.word:match "four")
			end)
		end)`)
	if want := "[ONE,two!,three!,kept four]"; before != want || after != want {
		t.Errorf("before %s, after %s, want %s", before, after, want)
	}
}

// TestBounds wants patterns and captures that would take all memory to be errors, and deep ones to work.
func TestBounds(t *testing.T) {
	got := librarytest.Run(t, `
		local skynet = require "skynet"
		local lpeg = require "lpeg"
		local function fails(...)
			local ok, message = pcall(...)
			print(ok, (message:match ": (.*)" or message))
		end
		skynet.start(function()
			fails(function() local p = lpeg.P "ab" for _ = 1, 60 do p = p * p end return p end)
			fails(function() return lpeg.S "ab" ^ 100000000 end)
			fails(function() return lpeg.C "ab" ^ -100000000 end)
			local deep = lpeg.P "a"
			for i = 1, 20000 do deep = deep + ("b" .. i) end
			print(deep:match "b20000")
			local words = lpeg.P "a"
			for i = 1, 20000 do words = words * "b" end
			print(words:match("a" .. ("b"):rep(20000)))
			local nested = lpeg.P { "(" * lpeg.Cs(lpeg.V(1)) * ")" + "" }
			lpeg.setmaxstack(1000000)
			print(#nested:match(("("):rep(50000) .. (")"):rep(50000)))
			fails(nested.match, nested, ("("):rep(200000) .. (")"):rep(200000))
		end)`)
	want := `false	pattern too large
false	pattern too large
false	pattern too large
3
20002
99998
false	subcapture nesting too deep
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestSignal breaks a match that would take years.
func TestSignal(t *testing.T) {
	dir := t.TempDir()
	script := `
		local skynet = require "skynet"
		local lpeg = require "lpeg"
		local slow = lpeg.P { (lpeg.P "a" * lpeg.V(1) + "a" * lpeg.V(1) + "a") * "b" }
		skynet.start(function()
			skynet.dispatch("lua", function(_, _, subject)
				skynet.error "matching"
				skynet.retpack(slow:match(subject))
			end)
		end)`
	if err := os.WriteFile(filepath.Join(dir, "main.lua"), []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	log := make(lines, 16)
	n := runtime.New(runtime.Config{ServicePath: []string{dir + "/?.lua"}, Log: log})
	defer n.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	h, err := n.Launch(ctx, "main")
	if err != nil {
		t.Fatal(err)
	}
	failed := make(chan error, 1)
	go func() {
		_, err := n.Call(ctx, h, lua.LString(strings.Repeat("a", 60)))
		failed <- err
	}()
	for !strings.Contains(<-log, "matching") {
	}
	for err = runtime.ErrIdle; err != nil; {
		if _, err = n.Signal(h, 0); ctx.Err() != nil {
			t.Fatal(err)
		}
	}
	if err := <-failed; err == nil {
		t.Fatal("the match ended by itself")
	}
	if values, err := n.Call(ctx, h, lua.LString("ab")); err != nil || values[0].String() != "3" {
		t.Errorf("the next call: %v, %v", values, err)
	}
}

// lines are the lines of a log.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	select {
	case l <- string(p):
	default:
	}
	return len(p), nil
}
