package syntax_test

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"devnode/runtime/syntax"

	lua "github.com/yuin/gopher-lua"
)

// A machine runs programs with gopher-lua's own library, a print that writes to
// a buffer, and a pcall that runs its function on a thread of its own.
type machine struct {
	*lua.LState
	out bytes.Buffer
}

func newMachine(t testing.TB) *machine {
	m := &machine{LState: lua.NewState(lua.Options{
		CallStackSize: 1000, RegistrySize: 4096, RegistryGrowStep: 4096, RegistryMaxSize: 256 * 1024,
	})}
	t.Cleanup(m.Close)
	m.Panic = raise
	m.SetGlobal("print", m.NewFunction(m.print))
	m.SetGlobal("pcall", m.NewFunction(pcall))
	m.SetGlobal("load", m.NewFunction(load))
	return m
}

// raise is what a runtime's panic hook does: the error as C Lua words it.
func raise(L *lua.LState) {
	v := L.Get(-1)
	if s, ok := v.(lua.LString); ok {
		v = lua.LString(syntax.Explain(L, string(s)))
	}
	panic(&lua.ApiError{Type: lua.ApiErrorRun, Object: v})
}

func (m *machine) print(L *lua.LState) int {
	for i := 1; i <= L.GetTop(); i++ {
		if i > 1 {
			m.out.WriteByte('\t')
		}
		v := L.Get(i)
		if n, ok := v.(lua.LNumber); ok {
			m.out.WriteString(syntax.FormatNumber(n))
		} else {
			m.out.WriteString(L.ToStringMeta(v).String())
		}
	}
	m.out.WriteByte('\n')
	return 0
}

func load(L *lua.LState) int {
	src := L.CheckString(1)
	proto, err := syntax.Compile([]byte(src), L.OptString(2, src))
	if err != nil {
		L.Push(lua.LNil)
		L.Push(lua.LString(err.Error()))
		return 2
	}
	L.Push(L.NewFunctionFromProto(proto))
	return 1
}

func pcall(L *lua.LState) int {
	var args []lua.LValue
	for i := 2; i <= L.GetTop(); i++ {
		args = append(args, L.Get(i))
	}
	rets, err, ok := protect(L, L.Get(1), args...)
	if !ok {
		rets = []lua.LValue{err}
	}
	L.Push(lua.LBool(ok))
	for _, v := range rets {
		L.Push(v)
	}
	return len(rets) + 1
}

// protect calls fn on a new thread; an error closes what is to be closed.
func protect(L *lua.LState, fn lua.LValue, args ...lua.LValue) (rets []lua.LValue, err lua.LValue, ok bool) {
	th, _ := L.NewThread()
	rets, err, ok = protectOn(th, fn, args...)
	if !ok {
		err, _ = syntax.CloseFrames(th, true, err, func(fn, v, e lua.LValue) (lua.LValue, bool) {
			_, e, ok := protect(L, fn, v, e)
			return e, ok
		})
	}
	return rets, err, ok
}

func protectOn(th *lua.LState, fn lua.LValue, args ...lua.LValue) (rets []lua.LValue, err lua.LValue, ok bool) {
	th.Panic = raise
	defer func() {
		if r := recover(); r != nil {
			if e, isAPI := r.(*lua.ApiError); isAPI {
				err = e.Object
			} else {
				err = lua.LString(fmt.Sprintf("Go panic: %v", r))
			}
		}
	}()
	th.Push(fn)
	for _, a := range args {
		th.Push(a)
	}
	th.Call(len(args), lua.MultRet)
	for i := 1; i <= th.GetTop(); i++ {
		rets = append(rets, th.Get(i))
	}
	return rets, nil, true
}

// run executes a program and returns what it printed, the error included.
func (m *machine) run(src, chunk string) string {
	m.out.Reset()
	proto, err := syntax.Compile([]byte(src), chunk)
	if err != nil {
		return err.Error() + "\n"
	}
	if _, e, ok := protect(m.LState, m.NewFunctionFromProto(proto)); !ok {
		fmt.Fprintln(&m.out, m.ToStringMeta(e))
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
