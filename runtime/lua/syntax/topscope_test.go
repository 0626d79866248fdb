package syntax

import (
	"context"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// scopeRecorder notes what it is told of the ends of chunks.
type scopeRecorder struct {
	context.Context
	main  []*lua.FunctionProto
	cells [][]*lua.Upvalue
	value []lua.LValue
}

func (r *scopeRecorder) KeepScope(main *lua.FunctionProto, cells []*lua.Upvalue, value lua.LValue) {
	r.main, r.cells, r.value = append(r.main, main), append(r.cells, cells), append(r.value, value)
}

func runRecorded(t *testing.T, src, chunk string) (*scopeRecorder, *lua.FunctionProto, lua.LValue) {
	t.Helper()
	proto, err := Compile([]byte(src), chunk)
	if err != nil {
		t.Fatal(err)
	}
	L := lua.NewState()
	t.Cleanup(L.Close)
	r := &scopeRecorder{Context: context.Background()}
	L.SetContext(r)
	L.Push(L.NewFunctionFromProto(proto))
	if err := L.PCall(0, 1, nil); err != nil {
		t.Fatal(err)
	}
	return r, proto, L.Get(-1)
}

func TestScopeAtTheEndOfAChunk(t *testing.T) {
	for _, tc := range []struct{ src, want, value string }{
		{"local a, b = 1, 2\nlocal function f() return a end\nb = b + 1", "1 3 function", "nothing"},
		{"local M = {}\nlocal n <const> = 5\nlocal x = 'x'\nreturn M", "table x", "table"},
		{"local a = 1\nlocal a = 2\nreturn a + 1", "1 2", "3"},
		{"local a = 1\ndo local b = 2 end\nfor i = 1, 3 do local c = i end\nreturn { a }", "1", "table"},
		{"local f = function(x) return x end\nlocal a = 7\nreturn f(a)", "function 7", "nothing"},
		{"return", "", "nothing"},
		{"local t <close> = nil\nlocal a = 1\nreturn a", "nil 1", "1"},
	} {
		r, proto, got := runRecorded(t, tc.src, "@file.lua")
		if len(r.main) != 1 || r.main[0] != proto {
			t.Fatalf("%q: told %d times, of %v", tc.src, len(r.main), r.main)
		}
		text := ""
		for _, uv := range r.cells[0] {
			if !uv.IsClosed() {
				t.Errorf("%q: a cell is open after the chunk", tc.src)
			}
			if text != "" {
				text += " "
			}
			if v := uv.Value(); v.Type() == lua.LTTable || v.Type() == lua.LTFunction {
				text += v.Type().String()
			} else {
				text += v.String()
			}
		}
		value := "nothing"
		switch v := r.value[0]; {
		case v == nil:
		case v.Type() == lua.LTTable:
			value = "table"
			if v != got {
				t.Errorf("%q: another table than is returned", tc.src)
			}
		default:
			value = v.String()
		}
		if text != tc.want || value != tc.value {
			t.Errorf("%q: cells %q, value %s; want %q, %s", tc.src, text, value, tc.want, tc.value)
		}
	}
}

func TestScopeSharesCellsWithFunctions(t *testing.T) {
	r, proto, _ := runRecorded(t, "local a = 1\nlocal function set(v) a = v end\nreturn set", "@file.lua")
	set := r.value[0].(*lua.LFunction)
	if set.Upvalues[0] != r.cells[0][0] {
		t.Error("the function has another cell of the local than the scope")
	}
	if n := len(Functions(proto)); n != 2 {
		t.Errorf("the chunk has %d functions, want its main function and one more", n)
	}
}

// Only files are patched: chunks of load and of the console pay nothing.
func TestScopeOfFilesOnly(t *testing.T) {
	for _, chunk := range []string{"=stdin", "local a = 1"} {
		if r, _, _ := runRecorded(t, "local a = 1", chunk); len(r.main) != 0 {
			t.Errorf("chunk %q: its scope was kept", chunk)
		}
	}
}
