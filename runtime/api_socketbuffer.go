package runtime

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// bufferFunctions are those of skynet.socketdriver for the buffers of a script that reads messages of type socket itself. The
// pool that they are given is C's: here the collector does its work.
func bufferFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"buffer": bufferNew, "push": bufferPush, "pop": bufferPop, "drop": func(*lua.LState) int { return 0 },
		"readline": bufferReadLine, "readall": bufferReadAll, "clear": bufferClear,
	}
}

func bufferNew(L *lua.LState) int {
	L.Push(&lua.LUserData{Value: &inbox{}, Metatable: lua.LNil})
	return 1
}

func bufferArgument(L *lua.LState) *inbox {
	if ud, ok := L.Get(1).(*lua.LUserData); ok {
		if in, ok := ud.Value.(*inbox); ok {
			return in
		}
	}
	raise(L, "Need buffer object at param 1")
	return nil
}

// bufferPush is driver.push(buffer, pool, msg, sz): the buffer's size with those bytes.
func bufferPush(L *lua.LState) int {
	in := bufferArgument(L)
	if _, ok := L.Get(3).(*lua.LUserData); !ok {
		raise(L, "need message block at param 3")
	}
	value.CheckTable(L, 2)
	in.add([]byte(sizedText(L, 3)))
	L.Push(lua.LNumber(in.size()))
	return 1
}

// bufferPop is driver.pop(buffer, pool, n): n bytes, or nil where there are fewer, and how many are left.
func bufferPop(L *lua.LState) int {
	in := bufferArgument(L)
	value.CheckTable(L, 2)
	n := int(integerArgument(L, 3, "pop"))
	if n <= 0 || in.size() < n {
		L.Push(lua.LNil)
	} else {
		L.Push(lua.LString(in.take(n)))
	}
	L.Push(lua.LNumber(in.size()))
	return 2
}

// bufferReadLine is driver.readline(buffer, pool, sep): the bytes before the next sep; with nil for the pool only whether
// there is one.
func bufferReadLine(L *lua.LState) int {
	in, sep := bufferArgument(L), stringArgument(L, 3, "readline")
	n := in.line(sep)
	if n < 0 || in.size() == 0 {
		return 0
	}
	if _, taken := L.Get(2).(*value.Table); !taken {
		L.Push(lua.LTrue)
		return 1
	}
	L.Push(lua.LString(in.take(n)))
	if sep != "" {
		in.take(len(sep))
	}
	return 1
}

func bufferReadAll(L *lua.LState) int {
	in := bufferArgument(L)
	value.CheckTable(L, 2)
	L.Push(lua.LString(in.take(in.size())))
	return 1
}

func bufferClear(L *lua.LState) int {
	if L.Get(1) == lua.LNil {
		return 0
	}
	in := bufferArgument(L)
	value.CheckTable(L, 2)
	in.take(in.size())
	return 0
}
