package stdlib

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

var osModule = sync.OnceValue(func() *Module {
	return NewModule("os.", map[string]lua.LGFunction{
		"clock": osClock, "date": osDate, "difftime": osDifftime, "execute": osExecute,
		"exit": osExit, "getenv": osGetenv, "remove": osRemove, "rename": osRename,
		"setlocale": osSetlocale, "time": osTime, "tmpname": osTmpname,
	}, nil)
})

// fileResult is what functions of io and os return: true, or nil, the error
// text and its number. name may be empty.
func fileResult(L *lua.LState, err error, name string) int {
	if err == nil {
		L.Push(lua.LTrue)
		return 1
	}
	msg := errText(err)
	if name != "" {
		msg = name + ": " + msg
	}
	return results(L, lua.LNil, lua.LString(msg), lua.LNumber(errNumber(err)))
}

func errNumber(err error) int {
	var no syscall.Errno
	if errors.As(err, &no) {
		return int(no)
	}
	if errors.Is(err, os.ErrNotExist) {
		return 2
	}
	return 5
}

// osClock is the processor time of the process, which is no VM's own.
func osClock(L *lua.LState) int { return float(L, processorTime().Seconds()) }

func osDifftime(L *lua.LState) int {
	return float(L, checkNumber(L, 1)-checkNumber(L, 2))
}

func osGetenv(L *lua.LState) int {
	if v, ok := os.LookupEnv(checkString(L, 1)); ok {
		return str(L, v)
	}
	L.Push(lua.LNil)
	return 1
}

func osRemove(L *lua.LState) int {
	name := checkString(L, 1)
	return fileResult(L, os.Remove(name), name)
}

func osRename(L *lua.LState) int {
	from, to := checkString(L, 1), checkString(L, 2)
	return fileResult(L, rename(from, to), "")
}

func osTmpname(L *lua.LState) int {
	f, err := os.CreateTemp("", "lua_")
	if err != nil {
		fail(L, "unable to generate a unique filename")
	}
	f.Close()
	return str(L, f.Name())
}

// osSetlocale knows the locale "C" only.
func osSetlocale(L *lua.LState) int {
	name := optString(L, 1, "C")
	checkOption(L, 2, "all", "all", "collate", "ctype", "monetary", "numeric", "time")
	if name == "" || name == "C" || name == "POSIX" {
		return str(L, "C")
	}
	L.Push(lua.LNil)
	return 1
}

// osExit ends the program by way of Options.Exit; the process goes on.
func osExit(L *lua.LState) int {
	code := 0
	switch v := L.Get(1).(type) {
	case lua.LBool:
		if !v {
			code = 1
		}
	case *lua.LNilType:
	default:
		code = int(optInt(L, 1, 0))
	}
	libOf(L).Exit(vm.Of(L), code)
	fail(L, "os.exit(%d)", code)
	return 0
}

// shell is the command that runs a line as C's system does.
func shell(line string) *exec.Cmd {
	if runtime.GOOS == "windows" {
		return exec.Command("cmd", "/C", line)
	}
	return exec.Command("/bin/sh", "-c", line)
}

func osExecute(L *lua.LState) int {
	if L.Get(1) == lua.LNil {
		L.Push(lua.LTrue)
		return 1
	}
	cmd := shell(checkString(L, 1))
	l := libOf(L)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = osFile(l.Stdin), forChild(l.Stdout), forChild(l.Stderr)
	var err error
	l.Block(vm.Of(L), func() { err = cmd.Run() })
	return exitResult(L, err)
}

// exitResult is what os.execute and the close of a popen file return.
func exitResult(L *lua.LState, err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return results(L, lua.LTrue, lua.LString("exit"), lua.LNumber(0))
	case !errors.As(err, &exit):
		return fileResult(L, err, "")
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return results(L, lua.LNil, lua.LString("signal"), lua.LNumber(status.Signal()))
	}
	return results(L, lua.LNil, lua.LString("exit"), lua.LNumber(exit.ExitCode()))
}

func osTime(L *lua.LState) int {
	if L.Get(1) == lua.LNil {
		return number(L, time.Now().Unix())
	}
	t := checkTable(L, 1)
	year := dateField(L, t, "year", nil, 1900)
	month := dateField(L, t, "month", nil, 1)
	day := dateField(L, t, "day", nil, 0)
	noon, zero := int64(12), int64(0)
	hour := dateField(L, t, "hour", &noon, 0)
	minute := dateField(L, t, "min", &zero, 0)
	second := dateField(L, t, "sec", &zero, 0)
	at := time.Date(int(year), time.Month(month), int(day), int(hour), int(minute), int(second), 0, time.Local)
	if isDST := vm.Index(L, t, lua.LString("isdst")); isDST != lua.LNil && lua.LVAsBool(isDST) && !at.IsDST() {
		at = at.Add(-time.Hour)
	}
	setDateFields(L, t, at)
	return number(L, at.Unix())
}

// dateField reads a field of os.time's table; delta is what C's struct tm
// takes off, which bounds the field.
func dateField(L *lua.LState, t *value.Table, name string, def *int64, delta int64) int64 {
	v := vm.Index(L, t, lua.LString(name))
	_, ok := toNumber(v)
	i, whole := toInteger(v)
	switch {
	case ok && !whole:
		fail(L, "field '%s' is not an integer", name)
	case !ok && v != lua.LNil:
		fail(L, "field '%s' is not an integer", name)
	case !ok && def == nil:
		fail(L, "field '%s' missing in date table", name)
	case !ok:
		return *def
	}
	if i-delta > 1<<31-1 || i-delta < -1<<31 {
		fail(L, "field '%s' is out-of-bound", name)
	}
	return i
}

func setDateFields(L *lua.LState, t *value.Table, at time.Time) {
	set := func(name string, n int) { vm.SetIndex(L, t, lua.LString(name), lua.LNumber(n)) }
	set("year", at.Year())
	set("month", int(at.Month()))
	set("day", at.Day())
	set("hour", at.Hour())
	set("min", at.Minute())
	set("sec", at.Second())
	set("yday", at.YearDay())
	set("wday", int(at.Weekday())+1)
	vm.SetIndex(L, t, lua.LString("isdst"), lua.LBool(at.IsDST()))
}

// greenwich is UTC under the name that C gives it.
var greenwich = time.FixedZone("GMT", 0)

func osDate(L *lua.LState) int {
	format := optString(L, 1, "%c")
	at := time.Now()
	if L.Get(2) != lua.LNil {
		at = time.Unix(checkInt(L, 2), 0)
	}
	if len(format) > 0 && format[0] == '!' {
		format = format[1:]
		at = at.In(greenwich)
	}
	if y := int64(at.Year()); y > 1<<31-1+1900 || y < -1<<31 {
		fail(L, "date result cannot be represented in this installation")
	}
	if len(format) >= 2 && format[:2] == "*t" {
		t := value.NewTable(0, 9)
		setDateFields(L, t, at)
		L.Push(t)
		return 1
	}
	s, bad := strftime(format, at, vm.Of(L).Poll)
	if bad != "" {
		argError(L, 1, fmt.Sprintf("invalid conversion specifier '%s'", bad))
	}
	return str(L, s)
}
