package stdlib

import (
	"bufio"
	"io"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

var debugModule = sync.OnceValue(func() *Module {
	return NewModule("debug.", map[string]lua.LGFunction{
		"debug": debugDebug, "gethook": debugGethook, "getinfo": debugGetinfo,
		"getlocal": debugGetlocal, "getmetatable": debugGetmetatable, "getregistry": debugGetregistry,
		"getupvalue": debugGetupvalue, "getuservalue": debugGetuservalue, "getfenv": debugGetfenv,
		"sethook": debugSethook, "setlocal": debugSetlocal, "setmetatable": debugSetmetatable,
		"setupvalue": debugSetupvalue, "setuservalue": debugSetuservalue, "setfenv": debugSetfenv,
		"setcstacklimit": debugSetcstacklimit, "traceback": debugTraceback,
		"upvalueid": debugUpvalueid, "upvaluejoin": debugUpvaluejoin,
	}, nil)
})

// threadArg is the coroutine that a function of debug may have as its first
// argument, and the number of arguments that it takes up.
func threadArg(L *lua.LState) (*vm.Fiber, int) {
	if th, ok := L.Get(1).(*lua.LState); ok {
		if co := vm.CoroutineOf(th); co != nil {
			return co, 1
		}
	}
	return vm.Of(L), 0
}

func debugTraceback(L *lua.LState) int {
	co, n := threadArg(L)
	msg := L.Get(n + 1)
	text, isText := asText(msg)
	if !isText && msg != lua.LNil {
		L.Push(msg)
		return 1
	}
	def := int64(1)
	if co != vm.Of(L) {
		def = 0
	}
	level := int(max(0, min(optInt(L, n+2, def), 1<<30)))
	trace := co.Traceback("", level)
	if isText {
		trace = text + "\n" + trace
	}
	return str(L, trace)
}

func debugGetmetatable(L *lua.LState) int {
	if mt := metatable(L, checkAny(L, 1)); mt != nil {
		L.Push(mt)
	} else {
		L.Push(lua.LNil)
	}
	return 1
}

func debugSetmetatable(L *lua.LState) int {
	v, mt := L.Get(1), L.Get(2)
	if _, ok := mt.(*value.Table); !ok && mt != lua.LNil {
		typeError(L, 2, "nil or table")
	}
	switch v := v.(type) {
	case *value.Table:
		setMetatable(L, v, mt)
	case *lua.LUserData:
		v.Metatable = mt
		if t, ok := mt.(*value.Table); ok && t.RawGetString("__gc") != lua.LNil {
			libOf(L).finalizable(L, v)
		}
	default:
		libOf(L).setBasic(v, mt)
	}
	L.Push(v)
	return 1
}

func debugGetregistry(L *lua.LState) int {
	L.Push(value.Registry(L))
	return 1
}

// debugGetuservalue knows no user values, as only C gives a userdata any.
func debugGetuservalue(L *lua.LState) int {
	L.Push(lua.LNil)
	return 1
}

func debugSetuservalue(L *lua.LState) int {
	if ud, ok := L.Get(1).(*lua.LUserData); !ok || value.IsLight(ud) || isUpvalueID(ud) {
		typeError(L, 1, "userdata")
	}
	checkAny(L, 2)
	L.Push(lua.LNil)
	return 1
}

func debugSetcstacklimit(L *lua.LState) int {
	checkInt(L, 1)
	return number(L, 200)
}

func debugGetfenv(L *lua.LState) int {
	switch v := checkAny(L, 1).(type) {
	case *lua.LFunction:
		if !v.IsG {
			L.Push(value.EnvValue(v))
			return 1
		}
		L.Push(value.Globals(L))
	case *lua.LUserData:
		if env := value.UserEnv(v); env != nil {
			L.Push(env)
			return 1
		}
		L.Push(lua.LNil)
	case *lua.LState:
		L.Push(value.Globals(L))
	default:
		L.Push(lua.LNil)
	}
	return 1
}

func debugSetfenv(L *lua.LState) int {
	env := checkTable(L, 2)
	switch v := L.Get(1).(type) {
	case *lua.LFunction:
		if v.IsG {
			fail(L, "'setfenv' cannot change environment of given object")
		}
		value.SetEnv(v, env)
	case *lua.LUserData:
		value.SetUserEnv(v, env)
	default:
		fail(L, "'setfenv' cannot change environment of given object")
	}
	L.SetTop(1)
	return 1
}

// debugDebug reads and runs lines of standard input until one is "cont".
func debugDebug(L *lua.LState) int {
	l, f := libOf(L), vm.Of(L)
	in := bufio.NewScanner(&source{lib: l, r: l.Stdin, slow: true, fiber: f})
	for {
		io.WriteString(l.Stderr, "lua_debug> ")
		if !in.Scan() || in.Text() == "cont" {
			return 0
		}
		fn, err := l.compile(f, in.Bytes(), "=(debug command)", "t")
		if err != nil {
			io.WriteString(l.Stderr, err.Error()+"\n")
			continue
		}
		if _, e := f.Protect(fn); e != nil {
			io.WriteString(l.Stderr, toText(L, e.Value)+"\n")
		}
	}
}

// infoOptions are the letters of debug.getinfo's argument what.
const infoOptions = "SlnrutLf"

func debugGetinfo(L *lua.LState) int {
	co, n := threadArg(L)
	what := optString(L, n+2, "flnSrtu")
	if strings.HasPrefix(what, ">") {
		argError(L, n+2, "invalid option '>'")
	}
	if bad := strings.Trim(what, infoOptions); bad != "" {
		argError(L, n+2, "invalid option")
	}
	var info vm.Info
	active := false
	if fn, ok := L.Get(n + 1).(*lua.LFunction); ok {
		info = vm.Info{Fn: fn, Line: -1}
	} else {
		level := checkInt(L, n+1)
		info, active = co.Info(int(max(-1, min(level, 1<<30))))
		if !active {
			L.Push(lua.LNil)
			return 1
		}
	}
	L.Push(infoTable(L, info, what))
	return 1
}

func infoTable(L *lua.LState, info vm.Info, what string) *value.Table {
	t := value.NewTable(0, 16)
	set := t.RawSetString
	fn := info.Fn
	has := func(c string) bool { return strings.Contains(what, c) }
	if has("S") {
		source, short, kind, first, last := "=[C]", "[C]", "C", -1, -1
		if p := fn.Proto; !fn.IsG {
			source, short, kind = syntax.Source(p), p.SourceName, "Lua"
			first, last = p.LineDefined, p.LastLineDefined
			if first == 0 {
				kind, last = "main", -1
			}
		}
		set("source", lua.LString(source))
		set("short_src", lua.LString(short))
		set("what", lua.LString(kind))
		set("linedefined", lua.LNumber(first))
		set("lastlinedefined", lua.LNumber(last))
	}
	if has("l") {
		set("currentline", lua.LNumber(info.Line))
	}
	if has("n") {
		set("namewhat", lua.LString(info.NameWhat))
		if info.Name != "" {
			set("name", lua.LString(info.Name))
		}
	}
	if has("u") {
		params, vararg := 0, true
		if !fn.IsG {
			params, vararg = int(fn.Proto.NumParameters), fn.Proto.IsVarArg != 0
		}
		set("nups", lua.LNumber(countUpvalues(fn)))
		set("nparams", lua.LNumber(params))
		set("isvararg", lua.LBool(vararg))
	}
	if has("t") {
		set("istailcall", lua.LBool(info.Tail))
	}
	if has("r") {
		set("ftransfer", lua.LNumber(0))
		set("ntransfer", lua.LNumber(0))
	}
	if has("L") && !fn.IsG {
		set("activelines", activeLines(L, fn.Proto))
	}
	if has("f") {
		set("func", fn)
	}
	return t
}

// activeLines is the set of lines that have code.
func activeLines(L *lua.LState, p *lua.FunctionProto) *value.Table {
	t := value.NewTable(0, 1)
	for _, line := range p.DbgSourcePositions {
		if line >= 0 { // it is known
			t.RawSet(lua.LNumber(line), lua.LTrue)
		}
	}
	return t
}
