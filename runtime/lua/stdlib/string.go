package stdlib

import (
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
)

var stringModule = sync.OnceValue(func() *Module {
	return NewModule("string.", map[string]lua.LGFunction{
		"byte": stringByte, "char": stringChar, "dump": stringDump, "find": stringFind,
		"format": stringFormat, "gmatch": stringGmatch, "gfind": stringGmatch, "gsub": stringGsub,
		"len": stringLen, "lower": stringLower, "match": stringMatch, "rep": stringRep,
		"reverse": stringReverse, "sub": stringSub, "upper": stringUpper,
		"pack": stringPack, "packsize": stringPacksize, "unpack": stringUnpack,
	}, nil)
})

// bounds makes byte offsets of the positions i and j: the bytes [from, to).
func bounds(i, j int64, size int) (from, to int) {
	n := int64(size)
	switch {
	case i < -n:
		i = 1
	case i < 0:
		i += n + 1
	case i == 0:
		i = 1
	}
	switch {
	case j > n:
		j = n
	case j < -n:
		j = 0
	case j < 0:
		j += n + 1
	}
	if i > j {
		return 0, 0
	}
	return int(i - 1), int(j)
}

func stringSub(L *lua.LState) int {
	s := checkString(L, 1)
	from, to := bounds(checkInt(L, 2), optInt(L, 3, -1), len(s))
	return str(L, s[from:to])
}

func stringByte(L *lua.LState) int {
	s := checkString(L, 1)
	i := optInt(L, 2, 1)
	from, to := bounds(i, optInt(L, 3, i), len(s))
	if to-from > maxUnpack {
		fail(L, "string slice too long")
	}
	base := L.GetTop()
	if to-from == 1 {
		L.Push(lua.LNumber(s[from]))
		return 1
	}
	L.SetTop(base + to - from)
	for k := from; k < to; k++ {
		L.Replace(base+1+k-from, lua.LNumber(s[k]))
	}
	return to - from
}

func stringChar(L *lua.LState) int {
	b := make([]byte, L.GetTop())
	for i := range b {
		c := checkInt(L, i+1)
		if uint64(c) > 255 {
			argError(L, i+1, "value out of range")
		}
		b[i] = byte(c)
	}
	return str(L, string(b))
}

func stringDump(L *lua.LState) int {
	fn := checkFunction(L, 1)
	if fn.IsG {
		fail(L, "unable to dump given function")
	}
	data, err := syntax.Dump(fn.Proto, lua.LVAsBool(L.Get(2)))
	if err != nil {
		fail(L, "%s", err.Error())
	}
	return str(L, string(data))
}

func stringLen(L *lua.LState) int { return number(L, len(checkString(L, 1))) }

// stringLower and stringUpper know ASCII only, as C does in its own locale.
func stringLower(L *lua.LState) int { return mapBytes(L, checkString(L, 1), 'A', 'Z') }
func stringUpper(L *lua.LState) int { return mapBytes(L, checkString(L, 1), 'a', 'z') }

// mapBytes pushes s with the case of the letters between first and last changed.
func mapBytes(L *lua.LState, s string, first, last byte) int {
	i := 0
	for i < len(s) && (s[i] < first || s[i] > last) {
		i++
	}
	if i < len(s) {
		s = transform(L, s, false, func(piece []byte) {
			for i, c := range piece {
				if c >= first && c <= last {
					piece[i] = c ^ 0x20
				}
			}
		})
	}
	L.Push(lua.LString(s))
	return 1
}

func stringRep(L *lua.LState) int {
	s, n, sep := checkString(L, 1), checkInt(L, 2), optString(L, 3, "")
	if n <= 0 {
		return str(L, "")
	}
	if size := len(s) + len(sep); size > 0 && n > int64(libOf(L).MaxString)/int64(size) {
		fail(L, "resulting string too large")
	}
	if len(s)+len(sep) == 0 {
		return str(L, "")
	}
	size := int(n)*(len(s)+len(sep)) - len(sep)
	if size <= pieceSize && (sep == "" || n == 1) {
		return str(L, strings.Repeat(s, int(n)))
	}
	making(L, size)
	b := newBuilder(L)
	b.Grow(size)
	b.repeat(s, sep, int(n))
	L.Push(lua.LString(b.String()))
	return 1
}

func stringReverse(L *lua.LState) int {
	s := checkString(L, 1)
	L.Push(lua.LString(transform(L, s, true, reverse)))
	return 1
}

// openStrings gives strings their metatable: methods, and arithmetic on those
// that are numerals. gopher-lua would convert them too, but as Go reads numbers.
func (l *library) openStrings() {
	mt := value.NewTable(0, 8)
	mt.RawSetString("__index", l.libTable("string"))
	for event, fn := range stringArithmetic {
		mt.RawSetString(event, fn)
	}
	l.setBasic(lua.LString(""), mt)
}

// setBasic gives all values of v's type a metatable.
func (l *library) setBasic(v lua.LValue, mt lua.LValue) {
	t, _ := mt.(*value.Table)
	l.vm.SetBasic(v.Type(), t)
}
