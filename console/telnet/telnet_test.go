package telnet

import (
	"bytes"
	"fmt"
	"testing"
)

func show(data []byte, events []Event) string {
	s := fmt.Sprintf("%q", data)
	for _, e := range events {
		s += fmt.Sprintf(" %d.%d.%q", e.Command, e.Option, e.Data)
	}
	return s
}

func TestParser(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"data":           {"list\r\x00", `"list\r\x00"`},
		"doubled 255":    {"a\xff\xffb", `"a\xffb"`},
		"will":           {"a\xff\xfb\x1fb", `"ab" 251.31.""`},
		"window":         {"\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0", `"" 250.31."\x00P\x00\x18"`},
		"window of 255":  {"\xff\xfa\x1f\x00\xff\xff\x00\x18\xff\xf0", `"" 250.31."\x00\xff\x00\x18"`},
		"interrupt":      {"ab\xff\xf4\xff\xfd\x06", `"ab" 244.0."" 253.6.""`},
		"nop":            {"\xff\xf1x", `"x"`},
		"sub cut by cmd": {"\xff\xfa\x1f\x00\xff\xf4x", `"x" 244.0.""`},
		"empty sub":      {"\xff\xfa\x18\xff\xf0x", `"x" 250.24.""`},
		"half":           {"x\xff", `"x"`},
	} {
		t.Run(name, func(t *testing.T) {
			var p Parser
			if got := show(p.Parse([]byte(c.in))); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestSubWithoutEnd(t *testing.T) {
	var p Parser
	p.Parse([]byte{IAC, SB, NAWS})
	for range 64 {
		p.Parse(bytes.Repeat([]byte{1}, 8<<10))
	}
	if len(p.sub) > maxSub {
		t.Errorf("%d bytes are kept", len(p.sub))
	}
	if data, events := p.Parse([]byte{IAC, SE, 'x'}); string(data) != "x" || len(events) != 0 {
		t.Error(show(data, events))
	}
}

// Answers go only to what changes something, so nothing can loop.
func TestOptions(t *testing.T) {
	o := &Options{Us: []byte{Echo, SGA}, Them: []byte{NAWS}}
	for i, c := range []struct {
		do   func() []byte
		want string
	}{
		{func() []byte { return o.Will(Echo) }, "\xff\xfb\x01"},
		{func() []byte { return o.Will(Echo) }, ""},
		{func() []byte { return o.Handle(Event{Command: DO, Option: Echo}) }, ""},
		{func() []byte { return o.Handle(Event{Command: DO, Option: Echo}) }, ""},
		{func() []byte { return o.Handle(Event{Command: DO, Option: SGA}) }, "\xff\xfb\x03"},
		{func() []byte { return o.Handle(Event{Command: DO, Option: Linemode}) }, "\xff\xfc\x22"},
		{func() []byte { return o.Handle(Event{Command: DO, Option: Linemode}) }, ""},
		{func() []byte { return o.Handle(Event{Command: WILL, Option: NAWS}) }, "\xff\xfd\x1f"},
		{func() []byte { return o.Handle(Event{Command: WILL, Option: NAWS}) }, ""},
		{func() []byte { return o.Handle(Event{Command: WILL, Option: Linemode}) }, "\xff\xfe\x22"},
		{func() []byte { return o.Handle(Event{Command: WONT, Option: NAWS}) }, "\xff\xfe\x1f"},
		{func() []byte { return o.Handle(Event{Command: WONT, Option: NAWS}) }, ""},
		{func() []byte { return o.Handle(Event{Command: DONT, Option: Echo}) }, "\xff\xfc\x01"},
		{func() []byte { return o.Do(TType) }, "\xff\xfd\x18"},
		{func() []byte { return o.Handle(Event{Command: WONT, Option: TType}) }, ""},
	} {
		if got := string(c.do()); got != c.want {
			t.Errorf("step %d: %q, want %q", i, got, c.want)
		}
	}
	if yes, settled := o.We(Echo); yes || !settled {
		t.Error("echo", yes, settled)
	}
}

func TestSizes(t *testing.T) {
	for _, w := range []int{0, 80, 255, 256, 65535} {
		var p Parser
		_, events := p.Parse(SizeSub(w, 255))
		if len(events) != 1 {
			t.Fatal(events)
		}
		if gw, gh, ok := WindowSize(events[0].Data); !ok || gw != w || gh != 255 {
			t.Error(w, gw, gh, ok)
		}
	}
	if _, _, ok := WindowSize([]byte{1}); ok {
		t.Error("one byte is no size")
	}
}

func FuzzParser(f *testing.F) {
	f.Add([]byte("list\r\n\xff\xfb\x1f\xff\xfa\x1f\x00\xff\xff\x00\x18\xff\xf0x"))
	f.Add([]byte("\xff\xfa\xff\xff\xff\xfa\x18\x00xterm\xff\xf4\xff"))
	f.Fuzz(func(t *testing.T, in []byte) {
		var whole, pieces Parser
		data, events := whole.Parse(in)
		var d2 []byte
		var e2 []Event
		for i := range in {
			d, e := pieces.Parse(in[i : i+1])
			d2, e2 = append(d2, d...), append(e2, e...)
		}
		if show(data, events) != show(d2, e2) {
			t.Errorf("%q: whole %s, in pieces %s", in, show(data, events), show(d2, e2))
		}
		o := &Options{Us: []byte{Echo, SGA}, Them: []byte{NAWS, TType}}
		out := 0
		for _, e := range events {
			out += len(o.Handle(e))
		}
		if out > 3*len(events) {
			t.Errorf("%d bytes of answers to %d events", out, len(events))
		}
		if got, _ := new(Parser).Parse(Escape(in)); string(got) != string(in) {
			t.Errorf("escaped and back: %q, want %q", got, in)
		}
	})
}
