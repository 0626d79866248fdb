package runtime

import (
	"strings"
	"testing"
)

func TestTraceFromOutside(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": version(1)}, nil)
	h := tn.launch("s")
	if err := tn.Trace(tn.ctx, h, "lua", true); err != nil {
		t.Fatal(err)
	}
	tn.ask(h, "slow", 1)
	waitFor(t, "the trace", func() bool { return strings.Contains(tn.log.String(), "<TRACE "+h.String()) })
	if err := tn.Trace(tn.ctx, h, "nosuch", true); err == nil || !strings.Contains(err.Error(), `no protocol "nosuch"`) {
		t.Errorf("an unknown protocol: %v", err)
	}
	if err := tn.Trace(tn.ctx, 99, "lua", true); err == nil {
		t.Error("a service that isn't there was traced")
	}
}
