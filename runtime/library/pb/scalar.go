package pb

import (
	"encoding/binary"
	"math"
	"strings"

	"devnode/runtime/internal/protobuf"
	"devnode/runtime/library"
)

// expected is what errors say that a kind is made of.
func expected(k protobuf.Kind) string {
	if k.Wire() == protobuf.Length {
		return "string"
	}
	return "number/'#number'"
}

// appendScalar appends a value of a kind that isn't an enumeration, a message or a group. zero tells whether it is what an absent
// field is. It isn't ok, and appends nothing, where the value is none of that kind.
func appendScalar(b []byte, k protobuf.Kind, v library.Value) (out []byte, zero, ok bool) {
	switch k {
	case protobuf.Bool:
		if v.Truth() {
			return append(b, 1), false, true
		}
		return append(b, 0), true, true
	case protobuf.Double, protobuf.Float:
		f, ok := toFloat(v)
		if !ok {
			return b, false, false
		}
		zero = math.Float64bits(f) == 0
		if k == protobuf.Double {
			return binary.LittleEndian.AppendUint64(b, math.Float64bits(f)), zero, true
		}
		return binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(f))), zero, true
	case protobuf.String, protobuf.Bytes:
		text, is := v.Str()
		if !is {
			of, ok := input(v)
			if !ok {
				return b, false, false
			}
			text = of.rest()
		}
		return protobuf.AppendBytes(b, text), text == "", true
	}
	n, ok := toInteger(v)
	if !ok {
		return b, false, false
	}
	return appendInteger(b, k, n), n == 0, true
}

func appendInteger(b []byte, k protobuf.Kind, n uint64) []byte {
	switch k {
	case protobuf.Fixed32, protobuf.Sfixed32:
		return binary.LittleEndian.AppendUint32(b, uint32(n))
	case protobuf.Fixed64, protobuf.Sfixed64:
		return binary.LittleEndian.AppendUint64(b, n)
	case protobuf.Int32:
		n = uint64(int64(int32(n)))
	case protobuf.Uint32:
		n = uint64(uint32(n))
	case protobuf.Sint32:
		n = uint64(protobuf.Zigzag32(int32(n)))
	case protobuf.Sint64:
		n = protobuf.Zigzag(int64(n))
	}
	if n < 0x80 {
		return append(b, byte(n))
	}
	return binary.AppendUvarint(b, n)
}

// keepWhole is up to what size a message stays in memory for a text in it: the text then needs no copy.
const keepWhole = 1 << 10

// text is a part of the message as a value.
func (d *decoder) text(part protobuf.Reader) library.Value {
	if len(part.Data) > keepWhole {
		return library.String(strings.Clone(part.Text()))
	}
	return library.String(part.Text())
}

// scalar reads a value of a kind.
func (d *decoder) scalar(k protobuf.Kind) library.Value {
	mode := d.state.options.int64s
	switch k.Wire() {
	case protobuf.Varint:
		if k == protobuf.Enum {
			break
		}
		n, ok := d.r.Varint()
		if !ok {
			d.fail("varint")
		}
		return varintValue(k, n, mode)
	case protobuf.Wire32:
		n, ok := d.r.Fixed32()
		if !ok {
			d.fail("fixed32")
		}
		switch k {
		case protobuf.Float:
			return library.Float(float64(math.Float32frombits(n)))
		case protobuf.Fixed32:
			return integer(int64(n), true, mode)
		}
		return integer(int64(int32(n)), false, mode)
	case protobuf.Wire64:
		n, ok := d.r.Fixed64()
		if !ok {
			d.fail("fixed64")
		}
		switch k {
		case protobuf.Double:
			return library.Float(math.Float64frombits(n))
		case protobuf.Fixed64:
			return integer(int64(n), true, mode)
		}
		return integer(int64(n), false, mode)
	case protobuf.Length:
		return d.text(d.bytes())
	}
	d.c.Raise("unknown type %s (%d)", k, int(k))
	return library.Nil
}

func varintValue(k protobuf.Kind, n uint64, mode int64Mode) library.Value {
	switch k {
	case protobuf.Bool:
		return library.Bool(n != 0)
	case protobuf.Int32:
		return integer(int64(int32(n)), false, mode)
	case protobuf.Uint32:
		return integer(int64(uint32(n)), true, mode)
	case protobuf.Sint32:
		return integer(int64(protobuf.Unzigzag32(uint32(n))), false, mode)
	case protobuf.Uint64:
		return integer(int64(n), true, mode)
	case protobuf.Sint64:
		return integer(protobuf.Unzigzag(n), false, mode)
	}
	return integer(int64(n), false, mode)
}

// fail raises that there is no value of a kind of bytes.
func (d *decoder) fail(what string) { d.c.Raise("invalid %s value at offset %d", what, d.offset()) }

// offset is where the decoder is, from 1.
func (d *decoder) offset() int { return d.r.At - d.start + 1 }

// maxBytes is what the library in C takes for a length.
const maxBytes = math.MaxUint32 - 100

// bytes reads a length, and so many bytes.
func (d *decoder) bytes() protobuf.Reader {
	n, ok := d.r.Varint()
	if !ok || n > maxBytes {
		d.c.Raise("invalid bytes length: %d (at offset %d)", int32(n), d.offset())
	}
	part, ok := d.r.Take(n)
	if !ok {
		d.c.Raise("unfinished bytes (len %d at offset %d)", int32(n), d.offset())
	}
	return part
}
