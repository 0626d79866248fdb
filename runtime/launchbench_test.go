package runtime

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// BenchmarkLaunch launches services of a script as agents are written: a table of
// handlers, some state, and settings from a module.
func BenchmarkLaunch(b *testing.B) {
	var agent, settings strings.Builder
	agent.WriteString(`local skynet = require "skynet"
		local settings = require "settings"
		local CMD, players, names, count = {}, {}, {"a", "b", "c"}, 0
		local limits = {low = 1, high = settings.limits[3].most}
		`)
	for i := range 20 {
		fmt.Fprintf(&agent, "function CMD.f%d(id) players[id] = limits.high; count = count + %d; return count end\n", i, i)
	}
	agent.WriteString(`skynet.start(function()
		players[1] = "nobody"
		skynet.dispatch("lua", function(_, _, cmd, ...) skynet.retpack(CMD[cmd](...)) end)
	end)`)
	settings.WriteString("return {port = 1, limits = {")
	for i := range 20 {
		fmt.Fprintf(&settings, "{id = %d, most = %d},", i, i*i)
	}
	settings.WriteString("}}")
	tn := newTestNode(b, map[string]string{"agent.lua": agent.String(), "settings.lua": settings.String()}, func(c *Config) { c.Log = io.Discard })
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		h := tn.launch("agent")
		if i%1000 == 999 { // not more services than memory
			b.StopTimer()
			for _, s := range tn.services() {
				if s.script == "agent" && s.actor.Handle() != h {
					if err := tn.Kill(s.actor.Handle()); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.StartTimer()
		}
	}
}
