package stdlib

import (
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
)

var utf8Module = sync.OnceValue(func() *Module {
	return NewModule("utf8.", map[string]lua.LGFunction{
		"char": utf8Char, "codepoint": utf8Codepoint, "codes": utf8Codes, "len": utf8Len, "offset": utf8Offset,
	}, map[string]func(*vm.VM) lua.LValue{
		"charpattern": func(*vm.VM) lua.LValue { return lua.LString("[\x00-\x7F\xC2-\xFD][\x80-\xBF]*") },
	})
})

const (
	maxRune = 0x10ffff
	maxCode = 0x7fffffff // what UTF-8 as first defined can hold
)

// appendCode appends a code of up to 31 bits.
func appendCode(b []byte, x uint32) []byte {
	if x < 0x80 {
		return append(b, byte(x))
	}
	var tail [8]byte
	n, first := 0, uint32(0x3f)
	for {
		tail[n] = byte(0x80 | x&0x3f)
		n++
		x >>= 6
		first >>= 1
		if x <= first {
			break
		}
	}
	b = append(b, byte(^first<<1|x))
	for n--; n >= 0; n-- {
		b = append(b, tail[n])
	}
	return b
}

// decodeCode reads the code at the head of s; size is 0 if there is none.
func decodeCode(s string, strict bool) (code uint32, size int) {
	if s == "" {
		return 0, 0
	}
	c := uint32(s[0])
	if c < 0x80 {
		return c, 1
	}
	limits := [...]uint32{^uint32(0), 0x80, 0x800, 0x10000, 0x200000, 0x4000000}
	n := 0
	for ; c&0x40 != 0; c <<= 1 {
		n++
		if n >= len(s) || s[n]&0xc0 != 0x80 {
			return 0, 0
		}
		code = code<<6 | uint32(s[n]&0x3f)
	}
	code |= (c & 0x7f) << (n * 5)
	if n == 0 || n > 5 || code > maxCode || code < limits[n] {
		return 0, 0
	}
	if strict && (code > maxRune || code >= 0xd800 && code <= 0xdfff) {
		return 0, 0
	}
	return code, n + 1
}

func isContinuation(s string, i int) bool { return i < len(s) && s[i]&0xc0 == 0x80 }

func utf8Char(L *lua.LState) int {
	var b []byte
	for i := 1; i <= L.GetTop(); i++ {
		x := checkInt(L, i)
		if uint64(x) > maxCode {
			argError(L, i, "value out of range")
		}
		b = appendCode(b, uint32(x))
	}
	return str(L, string(b))
}

// utf8Pos makes a position that counts from the end one that counts from the
// beginning.
func utf8Pos(pos int64, size int) int64 {
	switch {
	case pos >= 0:
		return pos
	case -pos > int64(size):
		return 0
	}
	return int64(size) + pos + 1
}

func utf8Len(L *lua.LState) int {
	s := checkString(L, 1)
	i := utf8Pos(optInt(L, 2, 1), len(s)) - 1
	j := utf8Pos(optInt(L, 3, -1), len(s)) - 1
	if i < 0 || i > int64(len(s)) {
		argError(L, 2, "initial position out of bounds")
	}
	if j >= int64(len(s)) {
		argError(L, 3, "final position out of bounds")
	}
	n := 0
	for i <= j {
		_, size := decodeCode(s[i:], !lua.LVAsBool(L.Get(4)))
		if size == 0 {
			return results(L, lua.LNil, lua.LNumber(i+1))
		}
		i += int64(size)
		if n++; n%pieceSize == 0 {
			vm.Of(L).Poll()
		}
	}
	return number(L, n)
}

func utf8Codepoint(L *lua.LState) int {
	s := checkString(L, 1)
	i := utf8Pos(optInt(L, 2, 1), len(s))
	j := utf8Pos(optInt(L, 3, i), len(s))
	if i < 1 {
		argError(L, 2, "out of bounds")
	}
	if j > int64(len(s)) {
		argError(L, 3, "out of bounds")
	}
	if i > j {
		return 0
	}
	if j-i >= maxUnpack {
		fail(L, "string slice too long")
	}
	n := 0
	for at := i - 1; at < j; n++ {
		code, size := decodeCode(s[at:], !lua.LVAsBool(L.Get(4)))
		if size == 0 {
			fail(L, "invalid UTF-8 code")
		}
		L.Push(lua.LNumber(code))
		at += int64(size)
	}
	return n
}

func utf8Offset(L *lua.LState) int {
	s, n := checkString(L, 1), checkInt(L, 2)
	def := int64(1)
	if n < 0 {
		def = int64(len(s)) + 1
	}
	at := utf8Pos(optInt(L, 3, def), len(s)) - 1
	if at < 0 || at > int64(len(s)) {
		argError(L, 3, "position out of bounds")
	}
	i := int(at)
	if n == 0 {
		for i > 0 && isContinuation(s, i) {
			i--
		}
		return number(L, i+1)
	}
	if isContinuation(s, i) {
		fail(L, "initial position is a continuation byte")
	}
	f := vm.Of(L)
	for n < 0 && i > 0 {
		for i--; i > 0 && isContinuation(s, i); i-- {
		}
		if n++; n%pieceSize == 0 {
			f.Poll()
		}
	}
	if n > 0 {
		n--
		for n > 0 && i < len(s) {
			for i++; isContinuation(s, i); i++ {
			}
			if n--; n%pieceSize == 0 {
				f.Poll()
			}
		}
	}
	if n == 0 {
		return number(L, i+1)
	}
	L.Push(lua.LNil)
	return 1
}

func utf8Codes(L *lua.LState) int {
	s := checkString(L, 1)
	step := utf8Step
	if lua.LVAsBool(L.Get(2)) {
		step = utf8StepLax
	}
	return results(L, step, lua.LString(s), lua.LNumber(0))
}

var (
	utf8Step    = utf8Iterator(true)
	utf8StepLax = utf8Iterator(false)
)

func utf8Iterator(strict bool) *lua.LFunction {
	return value.Function(func(L *lua.LState) int {
		s, i := checkString(L, 1), int(min(uint64(checkInt(L, 2)), 1<<40))
		if i < len(s) {
			for isContinuation(s, i) {
				i++
			}
		}
		if i >= len(s) {
			return 0
		}
		code, size := decodeCode(s[i:], strict)
		if size == 0 || isContinuation(s, i+size) {
			fail(L, "invalid UTF-8 code")
		}
		return results(L, lua.LNumber(i+1), lua.LNumber(code))
	})
}
