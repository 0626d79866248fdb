package runtime

import (
	"os"
	"strings"
	"testing"
)

// TestReloadGuide runs the examples of docs/reload.md in order: a block of Lua
// is saved under the name in its first line, which patches or reloads the service
// that runs it; the lines of a block of calls are `service argument = answer`, or
// with ~ for an answer that may take a moment.
func TestReloadGuide(t *testing.T) {
	text, err := os.ReadFile("../docs/reload.md")
	if err != nil {
		t.Fatal(err)
	}
	tn := newTestNode(t, nil, nil)
	running := map[string]Handle{}
	examples := 0
	for _, block := range fencedBlocks(string(text)) {
		switch {
		case strings.HasPrefix(block.info, "lua"):
			tn.saveExample(block, running)
		case block.info == "calls":
			for _, line := range strings.Split(strings.TrimRight(block.body, "\n"), "\n") {
				tn.checkExample(line, running)
				examples++
			}
		}
	}
	if examples < 10 {
		t.Errorf("only %d calls in the guide", examples)
	}
}

type fencedBlock struct{ info, body string }

func fencedBlocks(text string) (blocks []fencedBlock) {
	parts := strings.Split(text, "```")
	for i := 1; i < len(parts); i += 2 {
		info, body, _ := strings.Cut(parts[i], "\n")
		blocks = append(blocks, fencedBlock{info, body})
	}
	return blocks
}

func (tn *testNode) saveExample(block fencedBlock, running map[string]Handle) {
	first, _, _ := strings.Cut(block.body, "\n")
	file := strings.TrimPrefix(first, "-- ")
	name := strings.TrimSuffix(file, ".lua")
	tn.write(file, block.body)
	h, ok := running[name]
	if !ok {
		running[name] = tn.launch(name)
		return
	}
	take := tn.Reload
	if kind, _ := tn.Plan(tn.ctx, h, nil); kind == PlanPatch { // as the watcher does
		take = tn.Patch
	}
	r := take(tn.ctx, []Handle{h}, ReloadOptions{Trigger: "saved " + file})[0]
	want, fails := strings.CutPrefix(block.info, "lua fails ")
	if !fails && r.Err != nil || fails && (r.Err == nil || !strings.Contains(r.Err.Error(), want)) {
		tn.t.Errorf("saving %s: %v, want %q", file, r.Err, want)
	}
}

func (tn *testNode) checkExample(line string, running map[string]Handle) {
	call, want, now := strings.Cut(line, " =")
	if !now {
		call, want, _ = strings.Cut(line, " ~")
	}
	want = strings.TrimSpace(want)
	name, argument, _ := strings.Cut(call, " ")
	if now {
		if got := tn.ask(running[name], argument); got != want {
			tn.t.Errorf("%s: got %q", line, got)
		}
		return
	}
	waitFor(tn.t, line, func() bool { return tn.ask(running[name], argument) == want })
}
