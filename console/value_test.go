package console

import (
	"encoding/json"
	"strings"
	"testing"
)

func field(k, v Value) Field { return Field{Key: k, Value: v} }

func TestValues(t *testing.T) {
	long := Table()
	for range 12 {
		long.Fields = append(long.Fields, field(Number(float64(len(long.Fields)+1)), Text("twelve of these")))
	}
	long.More = 188
	for name, c := range map[string]struct {
		v          Value
		lua, jsons string
	}{
		"string":   {Text("a\"b\\\n\x1b玩\xff"), `"a\"b\\\n\x1b玩\xff"`, `"a\"b\\\n\u001b玩\ufffd"`},
		"number":   {Number(1.5), `1.5`, `1.5`},
		"whole":    {Number(42), `42`, `42`},
		"float":    {Value{Type: "number", Text: "3.0"}, `3.0`, `3.0`},
		"inf":      {Value{Type: "number", Text: "-inf"}, `-inf`, `"-inf"`},
		"nil":      {Nil(), `nil`, `null`},
		"function": {Value{Type: "function", Text: "function: 0x1 (a.lua:3)"}, `function: 0x1 (a.lua:3)`, `"function: 0x1 (a.lua:3)"`},
		"empty":    {Table(), `{}`, `[]`},
		"array":    {Table(field(Number(1), Bool(true)), field(Number(2), Nil())), `{true, nil}`, `[true,null]`},
		"mixed":    {Table(field(Number(1), Text("x")), field(Text("end"), Number(2)), field(Text("k v"), Cut())), `{"x", ["end"] = 2, ["k v"] = {…}}`, `{"1":"x","end":2,"k v":"{…}"}`},
		"sparse":   {Table(field(Number(3), Text("x"))), `{[3] = "x"}`, `{"3":"x"}`},
		"cycle":    {Table(field(Text("self"), Cycle())), `{self = <cycle>}`, `{"self":"<cycle>"}`},
		"nested":   {Table(field(Text("a"), Table(field(Text("b"), Table(field(Number(1), Number(1))))))), `{a = {b = {1}}}`, `{"a":{"b":[1]}}`},
		"tostring": {Value{Type: "table", Text: "player 7"}, `player 7`, `"player 7"`},
		"key":      {Table(field(Bool(true), Text("玩家")), field(Text("é"), Nil())), `{[true] = "玩家", ["é"] = nil}`, `{"true":"玩家","é":null}`},
		"long":     {long, "{\n" + strings.Repeat("  \"twelve of these\",\n", 12) + "  … 188 more,\n}", `[` + strings.Repeat(`"twelve of these",`, 11) + `"twelve of these"]`},
	} {
		if got := c.v.String(); got != c.lua {
			t.Errorf("%s: got %s, want %s", name, got, c.lua)
		}
		if got, err := encode(c.v); err != nil || string(got) != c.jsons || !json.Valid(got) {
			t.Errorf("%s: got %s, %v, want %s", name, got, err, c.jsons)
		}
	}
}

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"plain\ttext\n": "plain\ttext\n", "\x1b[2J": `\x1b[2J`, "\x00\x07\x7f": `\x00\x07\x7f`, "\u009b": `\x9b`,
		"\xff\xfe": `\xff\xfe`, "玩家🙂": "玩家🙂", "a\u202eb": `a\u{202e}b`, "\u200b": `\u{200b}`, "\r": `\x0d`,
	} {
		if got := Printable(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// No result shows a control byte, whatever the service put into it.
func FuzzNothingDrivesTheTerminal(f *testing.F) {
	f.Add("\x1b]0;owned\x07", true)
	f.Add("\u009b2J\u202e\xff\r\x7f", false)
	f.Fuzz(func(t *testing.T, s string, human bool) {
		v := Table(field(Text(s), Text(s)))
		tab := &table{columns: cols("a", "b"), block: true}
		tab.add(s, s)
		st := style{width: 40}
		for _, r := range []Result{text(s), tab, values{v, Text(s)}, output{Printed: s, Values: []Value{v}}, dump{v, Text(s)}, logRow{Text: s, Level: s}} {
			shown := r.plain() + string(marshal(r.document()))
			if human {
				shown = r.pretty(st)
			}
			for _, c := range shown {
				if c < 0x20 && c != '\n' && c != '\t' || c == 0x7f || c >= 0x80 && c < 0xa0 || hidden(c) {
					t.Fatalf("%T shows %q of %q", r, c, s)
				}
			}
		}
	})
}
