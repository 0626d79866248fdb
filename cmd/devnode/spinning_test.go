package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// spinning are the services of the example in docs/console.md: one that spins for
// another.
var spinning = map[string]string{
	"main.lua": `local skynet = require "skynet"
skynet.start(function()
	local spin = skynet.newservice "spin"
	skynet.send(spin, "lua", 1)
end)
`,
	"spin.lua": `local skynet = require "skynet"
skynet.start(function()
	skynet.dispatch("lua", function(_, _, n)
		while n > 0 do n = n + 1 end
	end)
end)
`,
}

var (
	spinBlock = regexp.MustCompile("(?ms)^```text\n(> ping spin\n.*?)^```$")
	atRandom  = regexp.MustCompile(`(for |cpu:|mqlen:|thread: )[0-9a-fx.]+(µs|ms|m|s)*`)
)

// TestConsoleSaysWhereItSpins plays the example of docs/console.md about a service
// that spins to the real program. Times and the number of a thread may differ.
func TestConsoleSaysWhereItSpins(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(repository, "docs", "console.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := spinBlock.FindSubmatch(text)
	if block == nil {
		t.Fatal("docs/console.md has no example of a service that spins")
	}
	script := filepath.Join(t.TempDir(), "spinning.txtar")
	if err := os.WriteFile(script, []byte("play\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Files: []string{script}, Setup: setupScript,
		Cmds: map[string]scriptCommand{"play": func(ts *testscript.TestScript, _ bool, _ []string) {
			for name, source := range spinning {
				ts.Check(os.WriteFile(ts.MkAbs(name), []byte(source), 0o644))
			}
			cmdNode(ts, false, []string{"start", "main.lua"})
			cmdEventually(ts, false, []string{"for [1-9][0-9.]*s, ./spin.lua:4", "console", "stat", "spin"})
			playSpin(ts, string(block[1]))
		}},
	})
}

func playSpin(ts *testscript.TestScript, block string) {
	for _, part := range strings.Split(block, "> ")[1:] {
		command, want, _ := strings.Cut(part, "\n")
		for until := time.Now().Add(startTime); ; time.Sleep(pollTime) {
			got, ok, err := ask(ts.Getenv("DEVNODE_CONSOLE"), command)
			ts.Check(err)
			end := "<CMD OK>\n"
			if !ok {
				end = "<CMD Error>\n"
			}
			if blurSpin(strings.TrimSuffix(got, end)+end) == blurSpin(want) {
				break
			}
			if strings.HasPrefix(command, "signal") || time.Now().After(until) { // a machine without time has no line
				ts.Fatalf("> %s\n got %s\nwant %s", command, got, want)
			}
		}
	}
}

func blurSpin(text string) string { return atRandom.ReplaceAllString(text, "${1}SOME") }
