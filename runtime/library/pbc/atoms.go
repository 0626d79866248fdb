package pbc

import (
	"math"

	"devnode/runtime/internal/protobuf"
	"devnode/runtime/library"
)

// atom is a value in a message, with its field's number, before anything is known of that.
type atom struct {
	number int32
	wire   protobuf.WireType
	bits   uint64
	data   protobuf.Reader // of the wire type Length
}

// cursor goes through the values of a message.
type cursor struct{ r protobuf.Reader }

// varint reads a varint; one that doesn't end within ten bytes is 0, and ten bytes long, as in C.
func varint(r *protobuf.Reader) (v uint64, ok bool) {
	if v, ok = r.Varint(); !ok && r.Len() >= 10 {
		r.At += 10
		return 0, true
	}
	return v, ok
}

// next reads a value. It isn't ok where there is none.
func (s *cursor) next() (a atom, ok bool) {
	tag, ok := varint(&s.r)
	if !ok || tag > math.MaxUint32 {
		return a, false
	}
	a.number, a.wire = int32(tag)>>3, protobuf.WireType(tag&7)
	switch a.wire {
	case protobuf.Varint:
		a.bits, ok = varint(&s.r)
	case protobuf.Wire64:
		a.bits, ok = s.r.Fixed64()
	case protobuf.Wire32:
		var bits uint32
		bits, ok = s.r.Fixed32()
		a.bits = uint64(bits)
	case protobuf.Length:
		var size uint64
		if size, ok = varint(&s.r); ok {
			a.data, ok = s.r.Take(size)
		}
	default:
		ok = false
	}
	return a, ok
}

// pollEvery is after how many values the service may be ended or interrupted.
const pollEvery = 4096

// whole tells whether a text is a message: all is read before anything is made of it.
func whole(c library.Call, data string) bool {
	s := cursor{protobuf.NewReader(data)}
	for count := 1; s.r.Len() > 0; count++ {
		if _, ok := s.next(); !ok {
			return false
		}
		if count%pollEvery == 0 {
			c.Poll()
		}
	}
	return true
}

// scalarOf is the value of a field, other than a message.
func (f *field) scalarOf(a atom) (v scalar, ok bool) {
	if f.kind == protobuf.Message || (f.kind.Wire() == protobuf.Length) && a.wire != protobuf.Length {
		return v, false
	}
	if a.wire == protobuf.Length { // for a number C takes the place and the end of the bytes
		a.bits = uint64(uint32(a.data.At)) | uint64(a.data.End)<<32
	}
	switch f.kind {
	case protobuf.Double:
		v.real = math.Float64frombits(a.bits)
	case protobuf.Float:
		v.real = float64(math.Float32frombits(uint32(a.bits)))
	case protobuf.String, protobuf.Bytes:
		v.text = a.data.Text()
	case protobuf.Sint32:
		v.bits = uint64(int64(protobuf.Unzigzag32(uint32(a.bits))))
	case protobuf.Sint64:
		v.bits = uint64(protobuf.Unzigzag(a.bits))
	case protobuf.Enum:
		v.bits = uint64(uint32(a.bits))
		if f.enum != nil {
			v.text = f.enum.names[int32(a.bits)]
		}
	default:
		v.bits = a.bits
	}
	return v, true
}

// packedValues calls each with the values of a packed field. It isn't ok where they aren't whole; those before have been seen.
func (f *field) packedValues(c library.Call, a atom, each func(scalar)) bool {
	wire := f.kind.Wire()
	if wire == protobuf.Length || wire == protobuf.NoWire {
		return false
	}
	if a.wire != protobuf.Length {
		return wire == protobuf.Varint
	}
	r := a.data
	if wire == protobuf.Wire32 && r.Len()%4 != 0 || wire == protobuf.Wire64 && r.Len()%8 != 0 {
		return false
	}
	for count := 1; r.Len() > 0; count++ {
		item := atom{wire: wire}
		ok := true
		switch wire {
		case protobuf.Varint:
			item.bits, ok = varint(&r)
		case protobuf.Wire32:
			var bits uint32
			bits, ok = r.Fixed32()
			item.bits = uint64(bits)
		default:
			item.bits, ok = r.Fixed64()
		}
		if !ok {
			return false
		}
		v, _ := f.scalarOf(item)
		each(v)
		if count%pollEvery == 0 {
			c.Poll()
		}
	}
	return true
}
