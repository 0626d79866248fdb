package backend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"devnode/console"
	"devnode/runtime"
	"devnode/runtime/lua/value"
)

// TestValues evaluates Lua and prints it as the console does.
func TestValues(t *testing.T) {
	node := runtime.New(runtime.Config{Workers: 1, Log: io.Discard})
	defer node.Close()
	for source, want := range map[string]string{
		`nil, true, 1, 1.5, -0.25, "a"`: `nil true 1 1.5 -0.25 "a"`,
		`1/0, -1/0`:                     `inf -inf`,
		`{}`:                            `{}`,
		`{1, 2, {3}}`:                   `{1, 2, {3}}`,
		`{b = 1, a = 2, 7}`:             `{7, a = 2, b = 1}`,
		`{[3] = "x", [true] = 1}`:       `{[3] = "x", [true] = 1}`,
		`{{{{{{{{}}}}}}}}`:              `{{{{{{{…}}}}}}}`,
		`(function() local t = {n = 1}; t.self = t; return t end)()`:                 `{n = 1, self = <cycle>}`,
		`(function() local s = {1}; return {s, s} end)()`:                            `{{1}, {1}}`,
		`(function() local t = {}; for i = 1, 300 do t[i] = i end; return #t end)()`: `300`,
	} {
		args, err := node.EvalArguments(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		var got []string
		for _, v := range values(args) {
			got = append(got, v.String())
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: got %s, want %s", source, s, want)
		}
	}
}

func TestValuesAreBounded(t *testing.T) {
	node := runtime.New(runtime.Config{Workers: 1, Log: io.Discard})
	defer node.Close()
	args, err := node.EvalArguments(`(function() local t = {} for i = 1, 1000 do t[i] = {i} end return t end)()`)
	if err != nil {
		t.Fatal(err)
	}
	v := values(args)[0]
	if len(v.Fields) != console.MaxFields || v.More != 1000-console.MaxFields {
		t.Errorf("got %d fields and %d more", len(v.Fields), v.More)
	}
	list := value.NewTable(0, 0)
	list.RawSetInt(1, lua.LString(strings.Repeat("y", 1e7)))
	list.RawSetInt(2, lua.LString("short"))
	got := values([]lua.LValue{lua.LString(strings.Repeat("x", 1e7)), list})
	long, fields := got[0].Text, got[1].Fields
	if len(long) > console.MaxBytes+100 || !strings.Contains(long, "x … (5805696 bytes left out) … x") {
		t.Errorf("%d bytes of a long text", len(long))
	}
	if y := fields[0].Value.Text; len(y) > 200 || !strings.Contains(y, "left out") || fields[1].Value.Text != "short" {
		t.Errorf("%d bytes of the next, then %s", len(y), fields[1].Value.Text)
	}
}

// TestErrorsKeepTheirCause: the console tells its own errors, and the end of its
// patience, by their causes.
func TestErrorsKeepTheirCause(t *testing.T) {
	node := runtime.New(runtime.Config{Workers: 1, Log: io.Discard})
	defer node.Close()
	b := New(node, Options{})
	if _, err := b.Call(t.Context(), 1, "(("); !errors.Is(err, console.ErrInvalidArguments) {
		t.Errorf("call with wrong arguments: got %v", err)
	}
	if _, err := b.Call(t.Context(), 99, "1"); !errors.Is(err, runtime.ErrNoService) {
		t.Errorf("call of nobody: got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := first(ctx, fmt.Errorf("it was doing something")); !errors.Is(err, context.Canceled) || err.Error() != "it was doing something" {
		t.Errorf("the end of a context: got %v", err)
	}
}
