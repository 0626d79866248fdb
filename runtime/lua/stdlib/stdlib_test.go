package stdlib

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/vm"
)

// newTestVM opens a VM that is closed with the test, and checks then that no
// goroutine is left.
func newTestVM(t testing.TB, o Options) *vm.VM {
	t.Helper()
	before := runtime.NumGoroutine()
	pool := vm.NewPool()
	v := vm.New(pool)
	Open(v, o)
	t.Cleanup(func() {
		v.Close()
		pool.Close()
		for range 2000 {
			if runtime.NumGoroutine() <= before {
				return
			}
			runtime.Gosched()
			time.Sleep(time.Millisecond)
		}
		t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
	})
	return v
}

// run runs a script as a program's main function and returns what it returns.
func run(v *vm.VM, src, chunk string) ([]lua.LValue, error) {
	fn, err := of(v).compile(nil, []byte(src), chunk, "t")
	if err != nil {
		return nil, err
	}
	f := v.NewFiber(nil)
	defer f.Release()
	f.Start(fn)
	for f.Resume() == vm.Parked {
	}
	if e := f.Failure(); e != nil {
		return nil, fmt.Errorf("%s", e)
	}
	return f.Results(), nil
}

// output runs a script and returns what it wrote.
func output(t testing.TB, src string) string {
	t.Helper()
	var out bytes.Buffer
	v := newTestVM(t, Options{Stdout: &out, Stderr: &out})
	if _, err := run(v, src, "=test"); err != nil {
		fmt.Fprintf(&out, "error: %v\n", err)
	}
	return out.String()
}

func TestBasics(t *testing.T) {
	cases := []struct{ src, want string }{
		{`print(1, "a", nil, true, 1.5)`, "1\ta\tnil\ttrue\t1.5\n"},
		{`for k in pairs(string) do if k == "rep" then print(k) end end`, "rep\n"},
		{`print(pcall(string.rep))`, "false\tbad argument #1 to 'string.rep' (string expected, got no value)\n"},
		{`string.rep()`, "error: test:1: bad argument #1 to 'rep' (string expected, got no value)\n"},
		{`print = nil; io.write(type(print), rawget(_G, "print") == nil and " gone" or "", "\n")`, "nil gone\n"},
		{`print(getmetatable(_G), getmetatable(string), next({}))`, "nil\tnil\tnil\n"},
		{`print(("x"):rep(3, ","), ("%5.2f|%-5s|%05d"):format(1.234, "a", 42))`, "x,x,x\t 1.23|a    |00042\n"},
		{`print(string.gsub("hello world", "(%w+)", "<%1>"))`, "<hello> <world>\t2\n"},
		{`print(require "string" == string, package.loaded.os == os)`, "true\ttrue\n"},
		{`print(load("return 1 + 1")(), load("x ="))`, "2\tnil\t[string \"x =\"]:1: unexpected symbol near <eof>\n"},
		{`local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b * 2 end) print(co(1), co(10))`, "2\t20\n"},
		{`print(select(-1, 1, 2, 3), select("#", nil, nil))`, "3\t2\n"},
		{`local t = table.pack(3, 1, 2) table.sort(t) print(table.concat(t, ","), table.unpack(t))`, "1,2,3\t1\t2\t3\n"},
		{`print(os.time{year=2020,month=1,day=1,hour=12} - os.time{year=2020,month=1,day=1,hour=0})`, "43200\n"},
		{`print(math.type(1), math.type(1.5), math.huge, -math.huge, math.floor(-1.5))`, "integer\tfloat\tinf\t-inf\t-2\n"},
		{`print(string.unpack("<i4", string.pack("<i4", -2)))`, "-2\t5\n"},
		{`print(utf8.char(228, 8364), utf8.len("äö"))`, "ä€\t2\n"},
		{`print(debug.getinfo(1, "l").currentline, debug.getinfo(print).what)`, "1\tC\n"},
		{`print(xpcall(error, function(m) return "h:" .. tostring(m) end, "x"))`, "false\th:x\n"},
	}
	for _, c := range cases {
		if got := output(t, c.src); !strings.HasPrefix(got, strings.TrimSuffix(c.want, "\n")) {
			t.Errorf("%s\n got %q\nwant %q", c.src, got, c.want)
		}
	}
}
