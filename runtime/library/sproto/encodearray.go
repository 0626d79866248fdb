package sproto

import (
	"encoding/binary"
	"math"

	"devnode/runtime/library"
)

// array appends a field that is one, with its length.
func (e *encoder) array(s *structure, f *field, v library.Value, depth int) {
	begin := len(e.out)
	e.length(0)
	switch f.kind {
	case integerKind, doubleKind:
		e.numbers(s, f, v)
	case booleanKind:
		e.each(s, f, v, func(item library.Value, index int) {
			if e.boolean(s, f, item, index) {
				e.out = append(e.out, 1)
			} else {
				e.out = append(e.out, 0)
			}
		})
	default:
		e.each(s, f, v, func(item library.Value, index int) { e.object(s, f, item, index, depth) })
	}
	binary.LittleEndian.PutUint32(e.out[begin:], uint32(len(e.out)-begin-4))
}

// numbers appends numbers of four bytes each, or from the first one on that needs more, all of eight.
func (e *encoder) numbers(s *structure, f *field, v library.Value) {
	begin, wide := len(e.out), false
	e.each(s, f, v, func(item library.Value, index int) {
		if index == 1 {
			e.out = append(e.out, 4)
		}
		var bits int64
		if f.kind == doubleKind {
			bits = int64(math.Float64bits(number(item)))
		} else {
			bits = e.integer(s, f, item, index)
		}
		if !wide && (f.kind == doubleKind || bits != int64(int32(bits))) {
			wide = true
			e.widen(begin)
		}
		if wide {
			e.out = binary.LittleEndian.AppendUint64(e.out, uint64(bits))
		} else {
			e.out = binary.LittleEndian.AppendUint32(e.out, uint32(bits))
		}
	})
}

// widen makes numbers of four bytes ones of eight.
func (e *encoder) widen(begin int) {
	e.out[begin] = 8
	n := (len(e.out) - begin - 1) / 4
	e.out = append(e.out, make([]byte, 4*n)...)
	from := e.out[begin+1:]
	for i := n - 1; i >= 0; i-- {
		v := int32(binary.LittleEndian.Uint32(from[4*i:]))
		binary.LittleEndian.PutUint64(from[8*i:], uint64(int64(v)))
	}
}

// each visits the items of an array: those of a list up to the first nil, or where it has a key, all of them.
func (e *encoder) each(s *structure, f *field, v library.Value, visit func(item library.Value, index int)) {
	t, isTable := v.Table()
	pairs := e.c.Metafield(v, "__pairs")
	if pairs.IsNil() && !isTable {
		e.c.Raise("%s.%s(%d) should be a table or an userdata with metamethods (Is a %s)", s.name, f.name, 1, v.Type())
	}
	if f.key >= 0 {
		e.eachEntry(f, v, t, pairs, visit)
		return
	}
	meta := false
	if isTable {
		_, meta = t.Metatable()
	}
	for i := 1; ; i++ {
		item := library.Nil
		if isTable {
			item = t.At(i)
		}
		if item.IsNil() && (meta || !isTable) {
			item = e.c.Index(v, library.Int(int64(i)))
		}
		if item.IsNil() {
			return
		}
		visit(item, i)
		e.step()
	}
}

// eachEntry visits the entries of a table: its values, or where the array is a map, a key with its value.
func (e *encoder) eachEntry(f *field, v library.Value, t library.Table, pairs library.Value, visit func(library.Value, int)) {
	var entry library.Table
	if f.isMap {
		entry = e.c.NewTable(0, 2)
	}
	index := 0
	one := func(k, item library.Value) {
		if index++; f.isMap {
			entry.SetField(f.sub.fields[1].name, item)
			entry.SetField(f.sub.fields[0].name, k)
			item = entry.Value()
		}
		if !item.IsNil() {
			visit(item, index)
		}
		e.step()
	}
	if pairs.IsNil() {
		for k, item := range t.All() {
			one(k, item)
		}
		return
	}
	loop := append(e.c.Apply(pairs, v), library.Nil, library.Nil, library.Nil)
	for k := loop[2]; ; {
		next := append(e.c.Apply(loop[0], loop[1], k), library.Nil, library.Nil)
		if k = next[0]; k.IsNil() {
			return
		}
		one(k, next[1])
	}
}
