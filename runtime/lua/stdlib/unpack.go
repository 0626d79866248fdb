package stdlib

import (
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

func stringUnpack(L *lua.LState) int {
	p := newPackReader(L, checkString(L, 1))
	data := checkString(L, 2)
	pos := optInt(L, 3, 1)
	if pos < 0 {
		pos += int64(len(data)) + 1
	}
	pos = max(1, pos)
	if pos > int64(len(data))+1 {
		argError(L, 3, "initial position out of string")
	}
	at, n := int(pos-1), 0
	for p.format != "" {
		o := p.next(at)
		if o.padding+o.size > len(data)-at {
			argError(L, 2, "data string too short")
		}
		at += o.padding
		if n >= maxUnpack {
			fail(L, "too many results")
		}
		v, size := p.unpack(o, data, at)
		at += size
		if v != nil {
			L.Push(v)
			n++
		}
	}
	L.Push(lua.LNumber(at + 1))
	return n + 1
}

// unpack reads one option's value, nil if it has none, and says how many bytes
// it took.
func (p *packReader) unpack(o packOption, data string, at int) (lua.LValue, int) {
	switch o.kind {
	case packInt, packUint:
		return value.OfInt(p.integer(data[at:at+o.size], o.kind == packInt)), o.size
	case packFloat:
		bits := uint64(p.integer(data[at:at+4], false))
		return value.OfFloat(float64(math.Float32frombits(uint32(bits)))), 4
	case packDouble:
		return value.OfFloat(math.Float64frombits(uint64(p.integer(data[at:at+8], false)))), 8
	case packChars:
		return lua.LString(data[at : at+o.size]), o.size
	case packString:
		size := uint64(p.integer(data[at:at+o.size], false))
		if size > uint64(len(data)-at-o.size) {
			argError(p.L, 2, "data string too short")
		}
		from := at + o.size
		return lua.LString(data[from : from+int(size)]), o.size + int(size)
	case packZero:
		end := strings.IndexByte(data[at:], 0)
		if end < 0 {
			argError(p.L, 2, "unfinished string for format 'z'")
		}
		return lua.LString(data[at : at+end]), end + 1
	}
	return nil, o.size
}

func (p *packReader) integer(s string, signed bool) int64 {
	size := len(s)
	at := func(i int) byte {
		if p.big {
			return s[size-1-i]
		}
		return s[i]
	}
	v := uint64(0)
	for i := min(size, 8) - 1; i >= 0; i-- {
		v = v<<8 | uint64(at(i))
	}
	if size < 8 {
		if shift := 64 - 8*size; signed {
			return int64(v<<shift) >> shift
		}
		return int64(v)
	}
	fill := byte(0)
	if signed && int64(v) < 0 {
		fill = 0xff
	}
	for i := 8; i < size; i++ {
		if at(i) != fill {
			fail(p.L, "%d-byte integer does not fit into Lua Integer", size)
		}
	}
	return int64(v)
}
