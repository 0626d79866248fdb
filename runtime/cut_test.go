package runtime

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCutMiddle(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"short", "short"},
		{strings.Repeat("a", 20), strings.Repeat("a", 20)},
		{"0123456789 middle 9876543210", "0123456789 … (8 bytes left out) … 9876543210"},
	} {
		if got := cutMiddle(c.in, 20); got != c.want {
			t.Errorf("%q\nwant %q", got, c.want)
		}
	}
	chinese := strings.Repeat("来九杀", 100)
	for max := 20; max < 40; max++ {
		if got := cutMiddle(chinese, max); !utf8.ValidString(got) {
			t.Errorf("%d: %q", max, got)
		}
	}
	if got := cutMiddle(strings.Repeat("\x80", 100), 20); len(got) > 80 {
		t.Errorf("%d bytes", len(got))
	}
}

// TestLogLinesAreBounded logs and raises texts of 100 MB: the log has their ends.
func TestLogLinesAreBounded(t *testing.T) {
	tn := newTestNode(t, map[string]string{"big.lua": `
local skynet = require "skynet"
skynet.start(function()
	skynet.dispatch("lua", function(_, _, cmd)
		if cmd == "log" then skynet.error("first", ("x"):rep(100 * 2^20), "last") end
		if cmd == "raise" then error("raised " .. ("y"):rep(100 * 2^20)) end
		skynet.retpack("done")
	end)
end)`}, nil)
	h := tn.launch("big")
	tn.ask(h, "log")
	tn.tryAsk(h, "raise")
	waitFor(t, "both lines", func() bool { return strings.Contains(tn.log.String(), "raised yyy") })
	text := tn.log.String()
	if len(text) > 4*maxLogText {
		t.Errorf("the log has %d bytes", len(text))
	}
	for _, want := range []string{"first xxx", "bytes left out", "xxx last", "yyy\nstack traceback:", "in function 'error'"} {
		if !strings.Contains(text, want) {
			t.Errorf("the log has no %q", want)
		}
	}
}
