package stdlib

import (
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/layout"
	"devnode/runtime/lua/vm"
)

// maxIntSize is the largest integer, in bytes, that pack and unpack know.
const maxIntSize = 16

// The kinds of options in a format of string.pack.
type packKind uint8

const (
	packInt packKind = iota
	packUint
	packFloat
	packDouble
	packChars // fixed size
	packString
	packZero
	packPadding
	packAlign
	packNothing
)

// packReader reads the options of a format one after another.
type packReader struct {
	L        *lua.LState
	format   string
	big      bool
	maxAlign int
	options  int
}

// packOption is one option: its kind, its size, and the padding before it.
type packOption struct {
	kind    packKind
	size    int
	padding int
}

func newPackReader(L *lua.LState, format string) *packReader {
	return &packReader{L: L, format: format, maxAlign: 1}
}

// number reads a number at the head of the format.
func (p *packReader) number(def int) int {
	n, digits := 0, 0
	for p.format != "" && isDigit(p.format[0]) && n <= (math.MaxInt32-9)/10 {
		n = n*10 + int(p.format[0]-'0')
		p.format = p.format[1:]
		digits++
	}
	if digits == 0 {
		return def
	}
	return n
}

func (p *packReader) intSize(def int) int {
	n := p.number(def)
	if n > maxIntSize || n <= 0 {
		fail(p.L, "integral size (%d) out of limits [1,%d]", n, maxIntSize)
	}
	return n
}

// basic reads an option without its alignment.
func (p *packReader) basic() (kind packKind, size int) {
	c := p.format[0]
	p.format = p.format[1:]
	switch c {
	case 'b':
		return packInt, 1
	case 'B':
		return packUint, 1
	case 'h':
		return packInt, 2
	case 'H':
		return packUint, 2
	case 'i':
		return packInt, p.intSize(4)
	case 'I':
		return packUint, p.intSize(4)
	case 'l', 'j':
		return packInt, 8
	case 'L', 'J', 'T':
		return packUint, 8
	case 'f':
		return packFloat, 4
	case 'n', 'd':
		return packDouble, 8
	case 's':
		return packString, p.intSize(8)
	case 'c':
		n := p.number(-1)
		if n < 0 {
			fail(p.L, "missing size for format option 'c'")
		}
		return packChars, n
	case 'z':
		return packZero, 0
	case 'x':
		return packPadding, 1
	case 'X':
		return packAlign, 0
	case ' ':
	case '<', '=':
		p.big = false
	case '>':
		p.big = true
	case '!':
		p.maxAlign = p.intSize(8)
	default:
		fail(p.L, "invalid format option '%s'", string([]byte{c}))
	}
	return packNothing, 0
}

// next reads an option that stands at an offset of the packed data.
func (p *packReader) next(offset int) packOption {
	if p.options++; p.options%pollEvery == 0 {
		vm.Of(p.L).Poll()
	}
	kind, size := p.basic()
	align := size
	switch kind {
	case packAlign:
		if p.format == "" {
			argError(p.L, 1, "invalid next option for option 'X'")
		}
		var k packKind
		if k, align = p.basic(); k == packChars || align == 0 {
			argError(p.L, 1, "invalid next option for option 'X'")
		}
	case packInt, packUint, packFloat, packDouble, packString:
	default:
		return packOption{kind, size, 0}
	}
	if kind == packString && align <= 1 || align <= 1 {
		return packOption{kind, size, 0}
	}
	align = min(align, p.maxAlign)
	if align&(align-1) != 0 {
		argError(p.L, 1, "format asks for alignment not power of 2")
	}
	return packOption{kind, size, (align - offset&(align-1)) & (align - 1)}
}

func stringPack(L *lua.LState) int {
	p := newPackReader(L, checkString(L, 1))
	limit := libOf(L).MaxString
	L.Push(lua.LNil) // so that the first missing argument is nil, as in C Lua
	var b []byte
	arg := 1
	for p.format != "" {
		o := p.next(len(b))
		if len(b)+o.padding+o.size > limit {
			fail(L, "resulting string too large")
		}
		if len(b)+o.size > pieceSize {
			making(L, len(b)+o.size)
			vm.Of(L).Poll()
		}
		b = append(b, make([]byte, o.padding)...)
		switch o.kind {
		case packPadding:
			b = append(b, 0)
			continue
		case packAlign, packNothing:
			continue
		}
		arg++
		b = p.pack(b, o, arg)
	}
	return str(L, layout.String(b))
}

// pack appends argument n.
func (p *packReader) pack(b []byte, o packOption, n int) []byte {
	L := p.L
	switch o.kind {
	case packInt:
		i := checkInt(L, n)
		if o.size < 8 {
			if lim := int64(1) << (o.size*8 - 1); i < -lim || i >= lim {
				argError(L, n, "integer overflow")
			}
		}
		return p.appendInt(b, uint64(i), o.size, i < 0)
	case packUint:
		i := checkInt(L, n)
		if o.size < 8 && uint64(i) >= 1<<(o.size*8) {
			argError(L, n, "unsigned overflow")
		}
		return p.appendInt(b, uint64(i), o.size, false)
	case packFloat:
		return p.appendInt(b, uint64(math.Float32bits(float32(checkNumber(L, n)))), 4, false)
	case packDouble:
		return p.appendInt(b, math.Float64bits(checkNumber(L, n)), 8, false)
	}
	s := checkString(L, n)
	switch o.kind {
	case packChars:
		if len(s) > o.size {
			argError(L, n, "string longer than given size")
		}
		return appendText(vm.Of(L), appendText(vm.Of(L), b, s), strings.Repeat("\x00", o.size-len(s)))
	case packString:
		if o.size < 8 && uint64(len(s)) >= 1<<(o.size*8) {
			argError(L, n, "string length does not fit in given size")
		}
		p.checkSize(len(b) + len(s))
		return appendText(vm.Of(L), p.appendInt(b, uint64(len(s)), o.size, false), s)
	}
	if strings.IndexByte(s, 0) >= 0 {
		argError(L, n, "string contains zeros")
	}
	p.checkSize(len(b) + len(s))
	return append(appendText(vm.Of(L), b, s), 0)
}

// checkSize raises an error for a result that is to be larger than strings may be.
func (p *packReader) checkSize(n int) {
	if n > libOf(p.L).MaxString {
		fail(p.L, "resulting string too large")
	}
	making(p.L, n)
}

func (p *packReader) appendInt(b []byte, v uint64, size int, negative bool) []byte {
	at := len(b)
	for i := range size {
		c := byte(0)
		if negative {
			c = 0xff
		}
		if i < 8 {
			c = byte(v >> (8 * i))
		}
		b = append(b, c)
	}
	if p.big {
		reverse(b[at:])
	}
	return b
}

func reverse(b []byte) {
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
}

func stringPacksize(L *lua.LState) int {
	p := newPackReader(L, checkString(L, 1))
	total := 0
	for p.format != "" {
		o := p.next(total)
		if o.kind == packString || o.kind == packZero {
			argError(L, 1, "variable-length format")
		}
		size := o.size + o.padding
		if total > math.MaxInt32-size {
			argError(L, 1, "format result too large")
		}
		total += size
	}
	return number(L, total)
}
