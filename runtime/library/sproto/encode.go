package sproto

import (
	"encoding/binary"
	"math"

	"devnode/runtime/library"
)

const (
	maxSize  = 0x1000000 // of a message
	maxDepth = 64        // of structures in each other
)

// encoder appends messages.
type encoder struct {
	c     library.Call
	out   []byte
	count int
}

// pollEvery is after how many items encode and decode let the service be ended or interrupted.
const pollEvery = 4096

func (e *encoder) step() {
	if e.count++; e.count%pollEvery == 0 {
		e.c.Poll()
		e.limit()
	}
}

func (e *encoder) limit() {
	if len(e.out) > maxSize {
		e.c.Raise("object is too large (>%d)", maxSize)
	}
}

// get is object[name], with metamethods.
func (e *encoder) get(object library.Value, name string) library.Value {
	if t, ok := object.Table(); ok {
		if v := t.Field(name); !v.IsNil() {
			return v
		}
		if _, has := t.Metatable(); !has {
			return library.Nil
		}
	}
	return e.c.Index(object, library.String(name))
}

// structure appends a message of a type with the values of a table. The numbers of all fields stand before the bytes of those
// that have some, so it leaves room for them, and closes what was too much.
func (e *encoder) structure(s *structure, object library.Value, depth int) {
	begin := len(e.out)
	records := 0
	room := 2 + 4*len(s.fields)
	e.out = append(e.out, make([]byte, room)...)
	last := -1
	for i := range s.fields {
		f := &s.fields[i]
		if depth >= maxDepth {
			e.c.Raise("The table is too deep")
		}
		v := e.get(object, f.name)
		if v.IsNil() {
			continue
		}
		value, ok := e.field(s, f, v, depth)
		if !ok {
			continue
		}
		if skip := f.tag - last - 1; skip > 0 {
			if skip = (skip-1)*2 + 1; skip > math.MaxUint16 {
				e.c.Raise("object is too large (>%d)", maxSize)
			}
			binary.LittleEndian.PutUint16(e.out[begin+2+2*records:], uint16(skip))
			records++
		}
		binary.LittleEndian.PutUint16(e.out[begin+2+2*records:], value)
		records++
		last = f.tag
	}
	binary.LittleEndian.PutUint16(e.out[begin:], uint16(records))
	used := 2 + 2*records
	copy(e.out[begin+used:], e.out[begin+room:])
	e.out = e.out[:len(e.out)-(room-used)]
}

// field appends what stands behind the numbers for a field, 0 then being its number, or returns the number that is its value.
// It is false for one that is left out.
func (e *encoder) field(s *structure, f *field, v library.Value, depth int) (value uint16, ok bool) {
	if f.array {
		e.array(s, f, v, depth)
		return 0, true
	}
	switch f.kind {
	case integerKind:
		i := e.integer(s, f, v, 0)
		if i >= 0 && i < 0x7fff {
			return uint16(i+1) * 2, true
		}
		if i == int64(int32(i)) {
			e.length(4)
			e.out = binary.LittleEndian.AppendUint32(e.out, uint32(i))
		} else {
			e.length(8)
			e.out = binary.LittleEndian.AppendUint64(e.out, uint64(i))
		}
	case booleanKind:
		if e.boolean(s, f, v, 0) {
			return 4, true
		}
		return 2, true
	case doubleKind:
		e.length(8)
		e.out = binary.LittleEndian.AppendUint64(e.out, math.Float64bits(number(v)))
	default:
		e.object(s, f, v, 0, depth)
	}
	return 0, true
}

func (e *encoder) length(n int) { e.out = binary.LittleEndian.AppendUint32(e.out, uint32(n)) }

// object appends a string or a structure with its length.
func (e *encoder) object(s *structure, f *field, v library.Value, index, depth int) {
	if f.kind == stringKind {
		text, ok := v.Str()
		if !ok {
			e.wrong("a string", s, f, v, index)
		}
		e.length(len(text))
		e.out = append(e.out, text...)
		if len(text) > pollEvery {
			e.limit()
		}
		return
	}
	begin := len(e.out)
	e.length(0)
	e.structure(f.sub, v, depth+1)
	binary.LittleEndian.PutUint32(e.out[begin:], uint32(len(e.out)-begin-4))
	e.step()
}

func (e *encoder) wrong(want string, s *structure, f *field, v library.Value, index int) {
	e.c.Raise("%s.%s[%d] is not %s (Is a %s)", s.name, f.name, index, want, v.Type())
}

func (e *encoder) integer(s *structure, f *field, v library.Value, index int) int64 {
	if f.factor != 0 {
		return toInt(math.Round(number(v) * f.factor))
	}
	if v.IsInteger() {
		i, _ := v.Int()
		return i
	}
	i, ok := integer(v)
	if !ok {
		e.wrong("an integer", s, f, v, index)
	}
	return i
}

func (e *encoder) boolean(s *structure, f *field, v library.Value, index int) bool {
	b, ok := v.Bool()
	if !ok {
		e.wrong("a boolean", s, f, v, index)
	}
	return b
}
