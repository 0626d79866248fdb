package stdlib

import (
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

var libraryNames = []string{"coroutine", "debug", "io", "math", "os", "package", "string", "table", "utf8"}

var baseModule = sync.OnceValue(func() *Module {
	values := map[string]func(v *vm.VM) lua.LValue{
		"_G":       func(v *vm.VM) lua.LValue { return v.Globals() },
		"_VERSION": func(*vm.VM) lua.LValue { return lua.LString("Lua 5.4") },
		"unpack":   func(*vm.VM) lua.LValue { return tableModule().Func("unpack") },
	}
	values["next"] = func(*vm.VM) lua.LValue { return nextFunc }
	for _, name := range libraryNames {
		values[name] = func(v *vm.VM) lua.LValue { return of(v).libTable(name) }
	}
	m := NewModule("", map[string]lua.LGFunction{
		"assert": baseAssert, "collectgarbage": baseCollectGarbage, "dofile": baseDofile,
		"error": baseError, "getmetatable": baseGetmetatable, "ipairs": baseIpairs,
		"load": baseLoad, "loadfile": baseLoadfile, "loadstring": baseLoadstring,
		"pairs": basePairs, "pcall": basePcall, "print": basePrint,
		"rawequal": baseRawequal, "rawget": baseRawget, "rawlen": baseRawlen, "rawset": baseRawset,
		"require": baseRequire, "select": baseSelect, "setmetatable": baseSetmetatable,
		"tonumber": baseTonumber, "tostring": baseTostring, "type": baseType, "warn": baseWarn,
		"xpcall": baseXpcall, "getfenv": baseGetfenv, "setfenv": baseSetfenv, "module": baseModuleFunc,
		"newproxy": baseNewproxy,
	}, values)
	m.named[nextFunc] = "next"
	return m
})

func baseAssert(L *lua.LState) int {
	v := checkAny(L, 1)
	if lua.LVAsBool(v) {
		return L.GetTop()
	}
	msg := lua.LValue(lua.LString("assertion failed!"))
	if L.GetTop() >= 2 {
		msg = L.Get(2)
	}
	raiseAt(L, msg, 1)
	return 0
}

func baseError(L *lua.LState) int {
	raiseAt(L, L.Get(1), optInt(L, 2, 1))
	return 0
}

// raiseAt raises v, a text with the position of the function at a level before
// it. Level 0 is for texts that are to stay as they are.
func raiseAt(L *lua.LState, v lua.LValue, level int64) {
	if s, ok := v.(lua.LString); ok && level > 0 {
		v = lua.LString(vm.Of(L).Where(int(min(level, 1<<20)))) + s
	}
	vm.Throw(L, v)
}

func basePcall(L *lua.LState) int {
	checkAny(L, 1)
	return vm.Of(L).ProtectedCall(L, 1, nil)
}

func baseXpcall(L *lua.LState) int {
	handler := checkFunction(L, 2)
	L.Remove(2)
	return vm.Of(L).ProtectedCall(L, 1, handler)
}

func basePrint(L *lua.LState) int {
	line := make([]string, 0, 2*L.GetTop()+1)
	for i := 1; i <= L.GetTop(); i++ {
		if i > 1 {
			line = append(line, "\t")
		}
		line = append(line, toText(L, L.Get(i)))
	}
	for _, text := range joined(append(line, "\n")) {
		writeAll(vm.Of(L), libOf(L).Stdout, text) // C Lua's print doesn't tell, either
	}
	return 0
}

func baseSelect(L *lua.LState) int {
	n := L.GetTop()
	if s, ok := L.Get(1).(lua.LString); ok && strings.HasPrefix(string(s), "#") {
		return number(L, n-1)
	}
	i := checkInt(L, 1)
	switch {
	case i < 0:
		i += int64(n)
	case i > int64(n):
		i = int64(n)
	}
	if i < 1 {
		argError(L, 1, "index out of range")
	}
	return n - int(i)
}

func baseTostring(L *lua.LState) int { return str(L, toText(L, checkAny(L, 1))) }

func baseType(L *lua.LState) int { return str(L, checkAny(L, 1).Type().String()) }

func baseTonumber(L *lua.LState) int {
	if s, ok := L.Get(1).(lua.LString); ok && len(s) >= pieceSize {
		vm.Of(L).Poll() // to read so many digits takes long
	}
	if L.Get(2) == lua.LNil {
		if n, ok := toNumber(checkAny(L, 1)); ok {
			L.Push(n)
			return 1
		}
		L.Push(lua.LNil)
		return 1
	}
	base := checkInt(L, 2)
	s, ok := L.Get(1).(lua.LString)
	if !ok {
		typeError(L, 1, "string")
	}
	if base < 2 || base > 36 {
		argError(L, 2, "base out of range")
	}
	if n, ok := digits(string(s), int(base)); ok {
		return number(L, n)
	}
	L.Push(lua.LNil)
	return 1
}

// digits reads an integer in a base; it wraps around at 64 bits.
func digits(s string, base int) (int64, bool) {
	s = strings.Trim(s, " \f\n\r\t\v")
	neg := strings.HasPrefix(s, "-")
	if neg || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	n := int64(0)
	for _, c := range []byte(s) {
		d := 99
		switch {
		case c >= '0' && c <= '9':
			d = int(c - '0')
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			d = int(c|0x20-'a') + 10
		}
		if d >= base {
			return 0, false
		}
		n = n*int64(base) + int64(d)
	}
	if neg {
		n = -n
	}
	return n, s != ""
}

// baseWarn is warn: control messages begin with "@", the pieces are joined.
func baseWarn(L *lua.LState) int {
	checkString(L, 1)
	var b strings.Builder
	for i := 1; i <= L.GetTop(); i++ {
		b.WriteString(checkString(L, i))
	}
	l := libOf(L)
	switch text := b.String(); {
	case L.GetTop() == 1 && strings.HasPrefix(text, "@"):
		if text == "@on" || text == "@off" {
			l.warnOn = text == "@on"
		}
	case l.warnOn:
		l.Warn(text)
	}
	return 0
}

// baseNewproxy is 5.1's hidden way to a userdata with a metatable.
func baseNewproxy(L *lua.LState) int {
	ud := &lua.LUserData{Metatable: lua.LNil, Env: L.G.Global}
	switch v := L.Get(1).(type) {
	case lua.LBool:
		if v {
			ud.Metatable = value.NewTable(0, 1)
		}
	case *lua.LUserData:
		ud.Metatable = v.Metatable
	}
	L.Push(ud)
	return 1
}
