package sproto

import (
	"encoding/binary"
	"sort"
)

// builtins are the types that every protocol has.
var builtins = map[string]kind{
	"integer": integerKind, "boolean": booleanKind, "string": stringKind, "binary": stringKind, "double": doubleKind,
}

// bundle is a description as bytes, themselves a message of sproto: a list of types by their names, and one of requests by
// their tags.
func (d *description) bundle() (b []byte, err error) {
	defer func() {
		if failed := recover(); failed != nil {
			fault, ok := failed.(parseError)
			if !ok {
				panic(failed)
			}
			err = fault
		}
	}()
	names := sorted(d.types)
	if len(names) == 0 {
		if len(d.requests) > 0 {
			failf("a protocol without types has no requests")
		}
		return []byte{0, 0}, nil
	}
	index := make(map[string]int, len(names))
	for i, name := range names {
		index[name] = i
	}
	var types []byte
	for _, name := range names {
		types = append(types, d.packType(name, index)...)
	}
	m := record{}
	m.data(0, sized(types))
	if requests := sorted(d.requests); len(requests) > 0 {
		sort.Slice(requests, func(i, j int) bool { return d.requests[requests[i]].tag < d.requests[requests[j]].tag })
		var all []byte
		for _, name := range requests {
			all = append(all, d.requests[name].pack(name, index)...)
		}
		m.data(1, sized(all))
	}
	return m.bytes(), nil
}

// record is a message that is made field by field.
type record struct {
	numbers []byte
	count   int
	next    int
	rest    []byte
}

func (r *record) put(tag int, v uint16) {
	for ; r.next < tag; r.next++ { // one by one, since the library in C counts fields, not tags
		r.numbers = binary.LittleEndian.AppendUint16(r.numbers, 1)
		r.count++
	}
	r.numbers = binary.LittleEndian.AppendUint16(r.numbers, v)
	r.count++
	r.next = tag + 1
}

// number sets a field to a small number.
func (r *record) number(tag, v int) {
	if v < 0 || v >= 0x7fff {
		failf("tag or index %d is too large for sproto", v)
	}
	r.put(tag, uint16(v+1)*2)
}

// data sets a field to bytes that have their length before them.
func (r *record) data(tag int, b []byte) {
	r.put(tag, 0)
	r.rest = append(r.rest, b...)
}

func (r *record) bytes() []byte {
	b := binary.LittleEndian.AppendUint16(nil, uint16(r.count))
	return append(append(b, r.numbers...), r.rest...)
}

// sized is bytes with their length before them.
func sized(b []byte) []byte {
	return append(binary.LittleEndian.AppendUint32(make([]byte, 0, len(b)+4), uint32(len(b))), b...)
}

func (d *description) packType(name string, index map[string]int) []byte {
	var fields []byte
	for _, f := range d.types[name] {
		fields = append(fields, d.packField(f, index)...)
	}
	r := record{}
	r.data(0, sized([]byte(name)))
	if len(fields) > 0 {
		r.data(1, sized(fields))
	}
	return sized(r.bytes())
}

func (d *description) packField(f *fieldText, index map[string]int) []byte {
	r := record{}
	r.data(fieldName, sized([]byte(f.name)))
	builtin, is := builtins[f.of]
	if is {
		r.number(fieldBuiltin, int(builtin))
		if f.of == "binary" {
			r.number(fieldType, 1)
		} else if f.decimal > 0 {
			r.number(fieldType, f.decimal)
		}
	} else {
		r.number(fieldType, index[f.of])
	}
	r.number(fieldTag, f.tag)
	if f.array {
		r.number(fieldArray, 1)
		if f.keyed {
			d.packKey(f, &r)
		}
	}
	return sized(r.bytes())
}

// packKey sets by which field an array is indexed: the one that was named, or that of the lowest tag in a map.
func (d *description) packKey(f *fieldText, r *record) {
	fields := d.types[f.of]
	key, isMap := f.key, f.key == ""
	if isMap {
		if len(fields) != 2 {
			failf("Invalid map definition: %s, must only have two fields", f.name)
		}
		key = fields[0].name
	}
	for _, sub := range fields {
		if _, simple := builtins[sub.of]; sub.name == key && simple {
			r.number(fieldKey, sub.tag)
			if isMap {
				r.number(fieldMap, 1)
			}
			return
		}
	}
	failf("Invalid map index :%s", key)
}

func (q *requestText) pack(name string, index map[string]int) []byte {
	r := record{}
	r.data(0, sized([]byte(name)))
	r.number(1, q.tag)
	if q.request != "" {
		r.number(2, index[q.request])
	}
	if q.response != "" {
		r.number(3, index[q.response])
	} else if q.confirm {
		r.number(4, 1)
	}
	return sized(r.bytes())
}
