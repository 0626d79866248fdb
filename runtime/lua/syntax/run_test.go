package syntax_test

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"devnode/runtime/lua/stdlib"
	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/vm"

	lua "github.com/yuin/gopher-lua"
)

// A machine runs programs with the library that services have, and keeps what
// they print.
type machine struct {
	*vm.VM
	out bytes.Buffer
}

func newMachine(t testing.TB, pool *vm.Pool) *machine {
	m := &machine{VM: vm.New(pool)}
	m.open(t)
	t.Cleanup(m.Close)
	return m
}

// open gives the machine its library, without the metamethods by which the
// library has strings handle arithmetic: their words are its own business.
func (m *machine) open(t testing.TB) {
	stdlib.Open(m.VM, stdlib.Options{Stdout: &m.out, Stderr: &m.out})
	if _, err := m.call(plainStrings); err != nil {
		t.Fatal(err)
	}
}

var plainStrings = mustCompile(`
local mt = getmetatable("")
for _, event in ipairs { "add", "sub", "mul", "div", "mod", "pow", "unm", "idiv" } do
	mt["__" .. event] = nil
end`)

func mustCompile(src string) *lua.FunctionProto {
	proto, err := syntax.Compile([]byte(src), "=test")
	if err != nil {
		panic(err)
	}
	return proto
}

func newPool(t testing.TB) *vm.Pool {
	pool := vm.NewPool()
	t.Cleanup(pool.Close)
	return pool
}

// call runs a compiled chunk as a program's main function.
func (m *machine) call(proto *lua.FunctionProto, args ...lua.LValue) ([]lua.LValue, *vm.Error) {
	f := m.NewFiber(nil)
	defer f.Release()
	f.Start(m.NewClosure(proto), args...)
	for f.Resume() == vm.Parked {
	}
	return f.Results(), f.Failure()
}

// run executes a program and returns what it printed, the error included.
func (m *machine) run(src, chunk string, args ...lua.LValue) string {
	m.out.Reset()
	proto, err := syntax.Compile([]byte(src), chunk)
	if err != nil {
		return err.Error() + "\n"
	}
	if _, e := m.call(proto, args...); e != nil {
		fmt.Fprintln(&m.out, e.Value)
	}
	return m.out.String()
}

// oracle is Debian's interpreter, or a skip.
func oracle(t testing.TB) string {
	path, err := exec.LookPath("lua5.4")
	if err != nil {
		t.Skip("lua5.4 is not installed: nothing to compare with")
	}
	return path
}

// runOracle has lua5.4 run a program under the given chunk name.
func runOracle(t testing.TB, src, chunk string) string {
	const driver = `
local src, chunk = io.read("a"), ...
local fn, err = load(src, chunk)
if not fn then print(err) return end
local ok, err = pcall(fn)
if not ok then print(err) end`
	cmd := exec.Command(oracle(t), "-e", "arg = nil", "-", chunk)
	cmd.Args = []string{"lua5.4", "-e", strings.Replace(driver, "...", fmt.Sprintf("%q", chunk), 1)}
	cmd.Stdin = strings.NewReader(src)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("lua5.4: %v\n%s", err, out)
	}
	return string(out)
}
