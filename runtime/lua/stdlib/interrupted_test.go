package stdlib

import (
	"errors"
	"io"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

// TestInterruptedInOneCall has each function that moves much be interrupted in the first
// call: instructions are counted to the next look at the world, and some of such calls
// take a second. ask is a function that has the VM be interrupted, and S a long string.
func TestInterruptedInOneCall(t *testing.T) {
	for _, call := range []string{
		`string.pack("s8", S)`, `string.pack("z", S)`, `string.pack("c3000000", S)`,
		`S:rep(2)`, `S:rep(2, ",")`, `S:upper()`, `("X"):rep(2^20):lower()`, `S:reverse()`, `S:sub(2)`,
		`S:gsub("x", "yy")`, `S:format()`, `("%s%s"):format(S, S)`, `S:find(("x*"):rep(20) .. "y")`,
		`local s = S .. S`, `table.concat({S, S})`, `tostring(S)`, `print(S)`, `io.write(S)`, `utf8.len(S)`, `tonumber(S)`,
		`utf8.offset(S, 2^20)`, `utf8.offset(S, -2^20)`, `S:find("y", 1, true)`, `S:byte()`, `#S:gsub("y", "")`, `load(S)`,
		`string.unpack("s8", S)`, `string.unpack("z", S)`, `string.pack((" "):rep(50000))`, `("%%"):rep(20000):format()`,
		`table.insert(LIST, 1, 0)`, `table.remove(LIST, 1)`, `table.unpack(LIST)`, `table.concat(LIST)`, `table.sort(LIST)`,
	} {
		t.Run(call, func(t *testing.T) {
			v := newTestVM(t, Options{Stdout: io.Discard})
			v.OnInterrupt = func(*vm.Fiber) error { return errors.New(interrupted) }
			g := v.Globals()
			g.RawSetString("S", lua.LString(strings.Repeat("x", 2<<20)))
			list := value.NewTable(1<<17, 0)
			for i := 1; i <= 1<<17; i++ {
				list.RawSetInt(i, lua.LNumber(i))
			}
			g.RawSetString("LIST", list)
			g.RawSetString("ask", value.Function(func(*lua.LState) int { v.Interrupt(); return 0 }))
			passed := false
			g.RawSetString("passed", value.Function(func(*lua.LState) int { passed = true; return 0 }))
			if !strings.HasPrefix(call, "local") {
				call = "local a = " + call
			}
			fn, err := of(v).compile(nil, []byte("ask() "+call+" passed()"), "=test", "t")
			if err != nil {
				t.Fatal(err)
			}
			f := v.NewFiber(nil)
			f.Start(fn)
			f.Resume()
			f.Release()
			if e := f.Failure(); passed || e == nil || !strings.Contains(e.Text(), interrupted) {
				t.Errorf("the call came to its end, and the error is %v", e)
			}
		})
	}
}
