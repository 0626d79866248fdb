package pb

import (
	"encoding/binary"

	"devnode/runtime/internal/protobuf"
	"devnode/runtime/library"
)

const bufferName = "pb.Buffer"

var bufferClass = &library.Class{
	Name: bufferName,
	Methods: map[string]library.Function{
		"delete": bufferDelete, "tohex": toHex, "fromhex": fromHex, "result": result, "reset": bufferReset, "pack": bufferPack,
	},
	Events: map[string]library.Function{
		"__len": func(c library.Call) { c.Return(library.Int(int64(len(bufferArg(c).bytes)))) },
		"__tostring": func(c library.Call) {
			bufferArg(c)
			c.Return(library.String(bufferName + c.Arg(1).Text()[len("userdata"):]))
		},
	},
}

// Buffer is what require "pb.buffer" returns.
func Buffer() library.Module {
	return library.Module{Name: "pb.buffer", Functions: withNew(bufferClass, newBuffer), Open: func(c library.Call, module library.Table) {
		callable(c, module, func(c library.Call) { makeBuffer(c, 2) })
	}}
}

func bufferArg(c library.Call) *buffer { return library.Object[*buffer](c, 1, bufferName) }

func newBuffer(c library.Call) { makeBuffer(c, 1) }

func makeBuffer(c library.Call, n int) {
	b := &buffer{}
	b.add(c, n)
	c.Return(bufferClass.New(c, b))
}

// add appends arguments from n on.
func (b *buffer) add(c library.Call, n int) {
	for ; n <= c.Args(); n++ {
		b.bytes = append(b.bytes, inputArg(c, n).rest()...)
	}
}

func bufferDelete(c library.Call) {
	if b, ok := library.Held[*buffer](c.Arg(1)); ok {
		b.bytes = nil
	}
}

func bufferReset(c library.Call) {
	b := bufferArg(c)
	b.bytes = b.bytes[:0]
	b.add(c, 2)
	c.Return(c.Arg(1))
}

// bufferPack is pack(format, …), or buffer:pack(format, …).
func bufferPack(c library.Call) {
	b, given := library.Held[*buffer](c.Arg(1))
	n := 1
	if given {
		n = 2
	} else {
		b = &buffer{}
	}
	p := &packer{c: c, b: b, format: c.String(n), next: n + 1}
	p.pack(0)
	if given {
		c.Return(c.Arg(1))
		return
	}
	c.Return(library.Bytes(b.bytes))
}

// packer appends arguments by a format.
type packer struct {
	c      library.Call
	b      *buffer
	format string
	next   int // the next argument
}

// kindLetters are what kinds are called in formats.
const kindLetters = "FfIUiXxbtgSsuvyYjJ"

func kindOfLetter(letter byte) (k protobuf.Kind, ok bool) {
	for i := range len(kindLetters) {
		if kindLetters[i] == letter {
			return protobuf.Kind(i + 1), true
		}
	}
	return 0, false
}

func (p *packer) integer() uint64 {
	p.next++
	return integerArg(p.c, p.next-1)
}

func (p *packer) text() string {
	p.next++
	return inputArg(p.c, p.next-1).rest()
}

// pack packs up to the end, or to what closes a group.
func (p *packer) pack(level int) {
	if level > 100 {
		p.c.ArgError(1, "format level overflow")
	}
	for p.format != "" {
		letter := p.format[0]
		p.format = p.format[1:]
		switch letter {
		case '#':
			at := p.integer()
			if at > uint64(len(p.b.bytes)) {
				p.c.Raise("encode bytes failed")
			}
			part := string(p.b.bytes[at:])
			p.b.bytes = protobuf.AppendBytes(p.b.bytes[:at], part)
		case 'v':
			p.b.bytes = binary.AppendUvarint(p.b.bytes, p.integer())
		case 'd':
			p.b.bytes = binary.LittleEndian.AppendUint32(p.b.bytes, uint32(p.integer()))
		case 'q':
			p.b.bytes = binary.LittleEndian.AppendUint64(p.b.bytes, p.integer())
		case 'c':
			p.b.bytes = append(p.b.bytes, p.text()...)
		case 's':
			p.b.bytes = protobuf.AppendBytes(p.b.bytes, p.text())
		case '(':
			var at int
			p.b.bytes, at = protobuf.Begin(p.b.bytes)
			p.pack(level + 1)
			p.b.bytes = protobuf.End(p.b.bytes, at)
		case ')':
			if level == 0 {
				p.c.ArgError(1, "unexpected ')' in format")
			}
			return
		default:
			p.kind(letter)
		}
	}
	if level != 0 {
		p.c.ArgError(2, "unmatch '(' in format")
	}
}

func (p *packer) kind(letter byte) {
	k, ok := kindOfLetter(letter)
	if !ok {
		p.c.ArgError(1, "invalid formater: '%c'", letter)
	}
	n := p.next
	p.next++
	if wire := k.Wire(); wire == protobuf.NoWire || k == protobuf.Message {
		p.c.ArgError(n, "unknown type %s", k)
	}
	out, _, ok := appendScalar(p.b.bytes, k, p.c.Arg(n))
	if !ok {
		p.c.ArgError(n, "%s expected for type '%s', got %s", expected(k), k, gotName(k, typeName(p.c, n)))
	}
	p.b.bytes = out
}

// unpackFormat returns what a format says of a view, which goes on behind it.
func unpackFormat(c library.Call, format string, v *view) {
	u := &unpacker{c: c, v: v, next: 3, mode: stateOf(c).options.int64s}
	for i := range len(format) {
		if u.place(format[i]) {
			continue
		}
		if v.at >= v.end {
			c.Return(library.Nil)
			return
		}
		c.Return(u.value(format[i]))
	}
}

// unpacker reads values by a format.
type unpacker struct {
	c    library.Call
	v    *view
	next int // the next argument
	mode int64Mode
}

func (u *unpacker) arg() int64 {
	if u.next > u.c.Args() {
		u.c.ArgError(1, "format argument exceed")
	}
	u.next++
	return u.c.Int(u.next - 1)
}

// place is what asks for the place, or changes it.
func (u *unpacker) place(letter byte) bool {
	size := u.v.end - u.v.start
	var to int64
	switch letter {
	case '@':
		u.c.Return(library.Int(int64(u.v.offset())))
		return true
	case '*':
		to = relative(u.arg(), size)
	case '+':
		to = int64(u.v.offset()) + u.arg()
	default:
		return false
	}
	u.v.at = u.v.start + int(min(max(to, 1), int64(size)+1)) - 1
	return true
}

func (u *unpacker) value(letter byte) library.Value {
	r := u.v.reader()
	defer func() { u.v.at = r.At }()
	fail := func(what string) {
		u.v.at = r.At
		u.c.Raise("invalid %s at offset %d", what, u.v.offset())
	}
	switch letter {
	case 'v':
		n, ok := r.Varint()
		if !ok {
			fail("varint value")
		}
		return integer(int64(n), true, u.mode)
	case 'd':
		n, ok := r.Fixed32()
		if !ok {
			fail("fixed32 value")
		}
		return integer(int64(n), true, u.mode)
	case 'q':
		n, ok := r.Fixed64()
		if !ok {
			fail("fixed64 value")
		}
		return integer(int64(n), true, u.mode)
	case 's':
		part, ok := r.Bytes()
		if !ok {
			fail("bytes value")
		}
		return library.String(part.Text())
	case 'c':
		part, ok := r.Take(uint64(u.arg()))
		if !ok {
			fail("sub string")
		}
		return library.String(part.Text())
	}
	k, ok := kindOfLetter(letter)
	if !ok {
		u.c.ArgError(1, "invalid formater: '%c'", letter)
	}
	d := &decoder{c: u.c, state: stateOf(u.c), r: r, start: u.v.start}
	v := d.scalar(k)
	r = d.r
	return v
}
