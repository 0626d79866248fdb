package pbc

import (
	"strings"

	"devnode/runtime/internal/protobuf"
	"devnode/runtime/library"
)

// pointer is argument n, a light userdata that points to a T.
func pointer[T any](c library.Call, n int) T {
	of, ok := library.Pointed[T](c.Arg(n))
	if !ok {
		c.Raise("userdata %d is nil", n)
	}
	return of
}

func envArg(c library.Call) *env { return pointer[*env](c, 1) }

// keepWhole is up to what size a message stays in memory for a text in it.
const keepWhole = 1 << 10

func textOf(r protobuf.Reader) library.Value {
	if len(r.Data) > keepWhole {
		return library.String(strings.Clone(r.Text()))
	}
	return library.String(r.Text())
}

// value is a value as decode sets it.
func (f *field) luaValue(v scalar) library.Value {
	switch f.class {
	case typeInt, typeFixed32:
		return library.Int(int64(int32(v.bits)))
	case typeReal:
		return library.Float(v.real)
	case typeBool:
		return library.Bool(uint32(v.bits) != 0)
	case typeEnum:
		if v.text == "" {
			return library.Nil
		}
		return library.String(v.text)
	case typeString, typeBytes:
		return library.String(v.text)
	}
	if f.kind == protobuf.Uint32 && !f.many() {
		return library.Int(int64(uint32(v.bits)))
	}
	return library.Int(int64(v.bits))
}

// decodeCall is _decode(env, function for a message in it, table, type, bytes).
func decodeCall(c library.Call) {
	e := envArg(c)
	if c.Arg(2).Type() != "function" {
		c.TypeError(2, "function")
	}
	target, m := c.Table(3), e.message(c.String(4))
	if m == nil {
		e.fail("Proto not found")
		c.Return(library.Bool(false))
		return
	}
	data := bytesArg(c, 5)
	if !whole(c, data) {
		e.fail("decode context error")
		c.Return(library.Bool(false))
		return
	}
	d := &decoder{c: c, expand: c.Arg(2), target: target}
	c.Return(library.Bool(d.all(m, data)))
}

// bytesArg is argument n: a text, or a message with its size behind it.
func bytesArg(c library.Call, n int) string {
	if c.Arg(n).IsNil() {
		c.Raise("userdata %d is nil", n)
	}
	if of, ok := library.Pointed[*part](c.Arg(n)); ok {
		if size := c.Int(n + 1); size >= 0 && size < int64(len(of.text)) {
			return of.text[:size]
		}
		return of.text
	}
	return c.Bytes(n)
}

// decoder sets the fields of a message in a table.
type decoder struct {
	c      library.Call
	expand library.Value
	target library.Table
	lists  []listOf
}

func (d *decoder) all(m *message, data string) bool {
	s, now := cursor{protobuf.NewReader(data)}, m.fields.Load()
	for count := 1; s.r.Len() > 0; count++ {
		a, _ := s.next()
		if count%pollEvery == 0 {
			d.c.Poll()
		}
		f := now.byNumber[a.number]
		if f == nil {
			continue
		}
		if f.label == packed {
			if !f.packedValues(d.c, a, func(v scalar) { d.set(f, f.luaValue(v)) }) {
				return false
			}
			continue
		}
		if !d.one(f, a) {
			return false
		}
	}
	return true
}

// one sets a field, or adds to its list.
func (d *decoder) one(f *field, a atom) bool {
	if f.kind == protobuf.Message {
		if a.wire != protobuf.Length {
			return false
		}
		made := d.c.Apply(d.expand, f.typeKey, textOf(a.data))
		v := library.Nil
		if len(made) > 0 {
			v = made[0]
		}
		d.set(f, v)
		return true
	}
	v, ok := f.scalarOf(a)
	if !ok {
		return false
	}
	if f.kind == protobuf.String || f.kind == protobuf.Bytes {
		d.set(f, textOf(a.data))
	} else {
		d.set(f, f.luaValue(v))
	}
	return true
}

func (d *decoder) set(f *field, v library.Value) {
	if !f.many() {
		d.target.Set(f.key, v)
		return
	}
	list := d.list(f)
	if !v.IsNil() {
		list.Append(v)
	}
}

// listOf is the list of a field.
type listOf struct {
	f    *field
	list library.Table
}

func (d *decoder) list(f *field) library.Table {
	for _, known := range d.lists {
		if known.f == f {
			return known.list
		}
	}
	list := d.c.NewTable(4, 0)
	d.lists = append(d.lists, listOf{f, list})
	d.target.Set(f.key, list.Value())
	return list
}
