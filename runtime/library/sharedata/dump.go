package sharedata

import (
	"encoding/binary"
	"math"
	"strings"

	"devnode/runtime/library"
)

// The form in which skynet's datasheet keeps tables as a string, which compile makes:
//
//	document  offset of the strings, count of tables, an offset for each, tables, strings
//	table     length of the list, count of fields, a type each, padding to 4, values, names and values
//
// All numbers have 32 bits and the lowest byte first, strings end with a zero, and an offset is from the end of the offsets, or
// from the beginning of the strings.
const (
	typeNil = iota
	typeInteger
	typeReal
	typeBoolean
	typeTable
	typeString
)

// dumper makes the string of a table.
type dumper struct {
	c       library.Call
	tables  [][]byte
	strings map[string]int
	text    []byte
}

// compileSheet is compile(table).
func compileSheet(c library.Call) {
	d := &dumper{c: c, strings: map[string]int{}}
	d.table(freezeSheet(c, c.Table(1), "compile").Table())
	var index, body []byte
	for _, t := range d.tables {
		index = binary.LittleEndian.AppendUint32(index, uint32(len(body)))
		body = append(body, t...)
	}
	out := binary.LittleEndian.AppendUint32(nil, uint32(8+len(index)+len(body)))
	out = binary.LittleEndian.AppendUint32(out, uint32(len(d.tables)))
	out = append(append(append(out, index...), body...), d.text...)
	if len(d.text) == 0 {
		out = append(out, 0)
	}
	c.Return(library.Bytes(out))
}

// table adds a table, and gives its number.
func (d *dumper) table(t library.Table) int {
	number := len(d.tables)
	d.tables = append(d.tables, nil)
	var types, list, fields []byte
	n, named := 0, 0
	for ; !t.At(n + 1).IsNil(); n++ {
		kind, value := d.value(t.At(n + 1))
		types, list = append(types, kind), binary.LittleEndian.AppendUint32(list, value)
	}
	for k, v := range t.All() {
		name, ok := k.Str()
		if !ok {
			continue
		}
		kind, value := d.value(v)
		types = append(types, kind)
		fields = binary.LittleEndian.AppendUint32(fields, uint32(d.string(name)))
		fields = binary.LittleEndian.AppendUint32(fields, value)
		named++
	}
	out := binary.LittleEndian.AppendUint32(nil, uint32(n))
	out = binary.LittleEndian.AppendUint32(out, uint32(named))
	out = append(out, types...)
	for len(out)%4 != 0 {
		out = append(out, 0)
	}
	d.tables[number] = append(append(out, list...), fields...)
	return number
}

func (d *dumper) value(v library.Value) (kind byte, value uint32) {
	switch v.Type() {
	case "table":
		t, _ := v.Table()
		return typeTable, uint32(d.table(t))
	case "string":
		s, _ := v.Str()
		return typeString, uint32(d.string(s))
	case "boolean":
		if v.Truth() {
			return typeBoolean, 1 << 24
		}
		return typeBoolean, 0
	}
	if i, ok := v.Int(); ok && i == int64(int32(i)) {
		return typeInteger, uint32(int32(i))
	}
	f, _ := v.Float()
	return typeReal, math.Float32bits(float32(f))
}

func (d *dumper) string(s string) int {
	at, ok := d.strings[s]
	if !ok {
		at = len(d.text)
		d.strings[s] = at
		d.text = append(append(d.text, s...), 0)
	}
	return at
}

// undumper reads such a string.
type undumper struct {
	c     library.Call
	data  string
	text  uint32
	count uint32
	left  int // how many values there may be: no more than the string has room for
}

// undump makes the table of a string.
func undump(c library.Call, data string) library.Table {
	u := &undumper{c: c, data: data, left: len(data)}
	u.text, u.count = u.word(0), u.word(4)
	return u.table(0, 0)
}

func (u *undumper) bad(at uint32) { u.c.Raise("Invalid data at %d", at) }

func (u *undumper) word(at uint32) uint32 {
	if uint64(at)+4 > uint64(len(u.data)) {
		u.bad(at)
	}
	return binary.LittleEndian.Uint32([]byte(u.data[at : at+4]))
}

func (u *undumper) table(number uint32, depth int) library.Table {
	if number >= u.count || depth > maxDepth {
		u.bad(number)
	}
	at := u.word(8+4*number) + 8 + 4*u.count
	array, dict := u.word(at), u.word(at+4)
	if u.left -= int(array) + int(dict); u.left < 0 || uint64(at)+8+uint64(array)+uint64(dict) > uint64(len(u.data)) {
		u.bad(at)
	}
	types := u.data[at+8 : at+8+array+dict]
	at = (at + 8 + array + dict + 3) &^ 3
	t := u.c.NewTable(int(array), int(dict))
	for i := range array {
		t.Set(library.Int(int64(i)+1), u.value(types[i], at, depth))
		at += 4
	}
	for i := range dict {
		t.SetField(u.string(u.word(at)), u.value(types[array+i], at+4, depth))
		at += 8
	}
	return t
}

func (u *undumper) value(kind byte, at uint32, depth int) library.Value {
	w := u.word(at)
	switch kind {
	case typeNil:
		return library.Nil
	case typeInteger:
		return library.Int(int64(int32(w)))
	case typeReal:
		return library.Float(float64(math.Float32frombits(w)))
	case typeBoolean:
		return library.Bool(w != 0)
	case typeTable:
		return u.table(w, depth+1).Value()
	case typeString:
		return library.String(u.string(w))
	}
	u.c.Raise("Invalid data at %d (%d)", at, kind)
	return library.Nil
}

func (u *undumper) string(offset uint32) string {
	at := uint64(u.text) + uint64(offset)
	if at > uint64(len(u.data)) {
		u.bad(offset)
	}
	s, _, ok := strings.Cut(u.data[at:], "\x00")
	if !ok {
		u.bad(offset)
	}
	return s
}
