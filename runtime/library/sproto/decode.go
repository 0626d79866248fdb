package sproto

import (
	"encoding/binary"
	"math"

	"devnode/runtime/library"
)

// decoder makes tables of messages.
type decoder struct {
	c     library.Call
	count int
}

func (d *decoder) step() {
	if d.count++; d.count%pollEvery == 0 {
		d.c.Poll()
	}
}

// level is the decoding of one structure: what is remembered of the one of which it is a part.
type level struct {
	result library.Table
	depth  int
	key    int           // the tag of the field that is the key of this structure in an array, -1 for none
	found  library.Value // its value
	entry  library.Value // the table that stands for all entries of a map
}

// structure sets the fields of a message in a table, and returns how many bytes it has. It is false for what is no message.
func (d *decoder) structure(s *structure, b []byte, l *level) (size int, ok bool) {
	if len(b) < 2 {
		return 0, false
	}
	count := int(binary.LittleEndian.Uint16(b))
	if len(b) < 2+2*count {
		return 0, false
	}
	rest, tag := b[2+2*count:], -1
	for i := range count {
		v := int(binary.LittleEndian.Uint16(b[2+2*i:]))
		tag++
		if v&1 != 0 {
			tag += v / 2
			continue
		}
		var data []byte
		if v == 0 {
			if data, rest, ok = cut(rest); !ok {
				return 0, false
			}
		}
		f := s.find(tag)
		if f == nil {
			continue
		}
		if l.depth >= maxDepth {
			d.c.Raise("The table is too deep")
		}
		if v != 0 {
			ok = d.small(f, v/2-1, l)
		} else {
			ok = d.field(f, data, l)
		}
		if !ok {
			return 0, false
		}
	}
	return len(b) - len(rest), true
}

// small sets a field whose value stands among the numbers.
func (d *decoder) small(f *field, v int, l *level) bool {
	if f.array || f.kind != integerKind && f.kind != booleanKind {
		return false
	}
	d.set(f, d.bits(f, uint64(v)), l)
	return true
}

// set sets a field.
func (d *decoder) set(f *field, v library.Value, l *level) {
	if l.key == f.tag {
		l.found = v
	}
	l.result.SetField(f.name, v)
}

// bits is the value of a number.
func (d *decoder) bits(f *field, bits uint64) library.Value {
	switch {
	case f.kind == booleanKind:
		return library.Bool(uint32(bits) != 0)
	case f.kind == doubleKind:
		return library.Float(math.Float64frombits(bits))
	case f.factor != 0:
		return library.Float(float64(int64(bits)) / f.factor)
	}
	return library.Int(int64(bits))
}

func (d *decoder) field(f *field, data []byte, l *level) bool {
	if f.array {
		return d.array(f, data, l)
	}
	switch f.kind {
	case integerKind, doubleKind:
		switch len(data) {
		case 4:
			d.set(f, d.bits(f, uint64(int64(int32(binary.LittleEndian.Uint32(data))))), l)
		case 8:
			d.set(f, d.bits(f, binary.LittleEndian.Uint64(data)), l)
		default:
			return false
		}
	case stringKind:
		d.set(f, library.String(string(data)), l)
	case structKind:
		v, ok := d.whole(f.sub, data, l)
		if !ok {
			return false
		}
		d.set(f, v, l)
	default:
		return false
	}
	return true
}

// whole is the table of a message that has just these bytes.
func (d *decoder) whole(s *structure, data []byte, l *level) (library.Value, bool) {
	d.step()
	t := d.c.NewTable(0, len(s.fields))
	n, ok := d.structure(s, data, &level{result: t, depth: l.depth + 1, key: -1})
	return t.Value(), ok && n == len(data)
}

func (d *decoder) array(f *field, data []byte, l *level) bool {
	switch f.kind {
	case integerKind, doubleKind:
		return d.numbers(f, data, l)
	case booleanKind:
		t := d.list(f, len(data), l)
		for i, b := range data {
			t.Set(library.Int(int64(i+1)), library.Bool(b != 0))
			d.step()
		}
		return true
	}
	if f.kind == structKind && f.key >= 0 {
		return d.keyed(f, data, l)
	}
	t := d.list(f, 0, l)
	for i := 1; len(data) > 0; i++ {
		one, rest, ok := cut(data)
		if !ok {
			return false
		}
		data = rest
		var v library.Value
		if f.kind == stringKind {
			v = library.String(string(one))
			d.step()
		} else if v, ok = d.whole(f.sub, one, l); !ok {
			return false
		}
		t.Set(library.Int(int64(i)), v)
	}
	return true
}

// list makes the table of an array.
func (d *decoder) list(f *field, n int, l *level) library.Table {
	t := d.c.NewTable(n, 0)
	l.result.SetField(f.name, t.Value())
	return t
}

func (d *decoder) numbers(f *field, data []byte, l *level) bool {
	if len(data) <= 1 {
		d.list(f, 0, l)
		return true
	}
	size := int(data[0])
	if data = data[1:]; size != 4 && size != 8 || len(data)%size != 0 {
		return false
	}
	t := d.list(f, len(data)/size, l)
	for i := 1; len(data) > 0; i++ {
		bits := uint64(int64(int32(binary.LittleEndian.Uint32(data))))
		if size == 8 {
			bits = binary.LittleEndian.Uint64(data)
		}
		t.Set(library.Int(int64(i)), d.bits(f, bits))
		data = data[size:]
		d.step()
	}
	return true
}

// keyed sets an array whose items are found by one of their fields.
func (d *decoder) keyed(f *field, data []byte, l *level) bool {
	t := d.list(f, 0, l)
	for len(data) > 0 {
		one, rest, ok := cut(data)
		if !ok {
			return false
		}
		data = rest
		d.step()
		item := d.itemTable(f, l)
		in := level{result: item, depth: l.depth + 1, key: f.key}
		if n, ok := d.structure(f.sub, one, &in); !ok || n != len(one) {
			return false
		}
		key, v := in.found, item.Value()
		if f.isMap {
			key, v = d.part(item, f, 0, "key"), d.part(item, f, 1, "value")
		} else if key.IsNil() {
			d.c.Raise("Can't find main index (tag=%d) in [%s]", f.key, f.name)
		}
		if n, ok := key.Float(); ok && math.IsNaN(n) {
			d.c.Raise("table index is NaN")
		}
		t.Set(key, v)
	}
	return true
}

// itemTable is the table of an item; those of a map are all one, as in C.
func (d *decoder) itemTable(f *field, l *level) library.Table {
	if !f.isMap {
		return d.c.NewTable(0, len(f.sub.fields))
	}
	if l.entry.IsNil() {
		l.entry = d.c.NewTable(0, 2).Value()
	}
	t, _ := l.entry.Table()
	return t
}

func (d *decoder) part(item library.Table, f *field, i int, what string) library.Value {
	v := item.Field(f.sub.fields[i].name)
	if v.IsNil() {
		d.c.Raise("Can't find %s field in [%s]", what, f.name)
	}
	return v
}
