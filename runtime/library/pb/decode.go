package pb

import (
	"math"

	"devnode/runtime/internal/protobuf"
	"devnode/runtime/library"
)

// decoder makes tables of messages.
type decoder struct {
	c     library.Call
	state *state
	r     protobuf.Reader
	start int
	count int
	depth int
}

// decodeCall is pb.decode(type, bytes[, table]).
func decodeCall(c library.Call) {
	t := typeArg(c)
	of := viewOf("")
	if !c.Arg(2).IsNil() {
		of = inputArg(c, 2)
	}
	decodeInto(c, t, of, c.Arg(3))
}

func decodeInto(c library.Call, t *typeInfo, of view, into library.Value) {
	d := &decoder{c: c, state: stateOf(c), r: of.reader(), start: of.start}
	table, ok := into.Table()
	if !ok {
		table = d.newTable(t, of.len())
	}
	c.Return(d.message(t, table))
}

func (d *decoder) step() {
	if d.count++; d.count%pollEvery == 0 {
		d.c.Poll()
	}
}

// message sets the fields that are left in a table, and is what the type's hook makes of it.
func (d *decoder) message(t *typeInfo, table library.Table) library.Value {
	if d.depth++; d.depth > maxDepth {
		d.c.Raise("stack overflow (not enough stack space for fields)")
	}
	for {
		tag, ok := d.r.Tag()
		if !ok {
			break
		}
		d.step()
		f := t.field(int32(tag >> 3))
		switch {
		case f == nil:
			d.r.Skip(tag, d.c.Poll)
		case f.of != nil && f.of.isMap:
			entries := d.kept(table, f, "*map")
			d.check(f, tag)
			d.entry(f, entries)
		case f.repeated:
			d.list(f, tag, d.kept(table, f, "*array"))
		default:
			if name, ok := t.oneof(f); ok {
				table.SetField(name, f.key)
			}
			d.check(f, tag)
			table.Set(f.key, d.value(f))
		}
	}
	d.depth--
	if d.state.options.decHooks {
		return applyHook(d.c, d.state.dec, t, table.Value())
	}
	return table.Value()
}

// value reads one value of a field.
func (d *decoder) value(f *fieldInfo) library.Value {
	switch f.kind {
	case protobuf.Enum:
		n, ok := d.r.Varint()
		if !ok {
			d.fail("varint")
		}
		v := integer(int64(n), true, d.state.options.int64s)
		if !d.state.options.enumAsValue {
			if value := f.of.field(int32(n)); value != nil {
				v = value.key
			}
		}
		if d.state.options.decHooks {
			v = applyHook(d.c, d.state.dec, f.of, v)
		}
		return v
	case protobuf.Message:
		part := d.bytes()
		if f.of == nil || f.of.dead {
			return library.Nil
		}
		rest := d.r
		d.r = part
		v := d.message(f.of, d.newTable(f.of, part.Len()))
		d.r = rest
		return v
	}
	return d.scalar(f.kind)
}

// check raises an error where the bytes of a field are of another type than its own.
func (d *decoder) check(f *fieldInfo, tag uint32) {
	if f.kind.Wire() == protobuf.WireType(tag&7) {
		return
	}
	what := ""
	if f.packed {
		what = "packed "
	}
	if f.repeated {
		what += "repeated "
	}
	d.c.Raise("type mismatch for %sfield '%s' at offset %d, %s expected for type %s, got %s",
		what, f.name, d.offset(), f.kind.Wire(), f.kind, protobuf.WireType(tag&7))
}

// kept is the table of a list or a map, made if there is none.
func (d *decoder) kept(table library.Table, f *fieldInfo, what string) library.Table {
	list, ok := table.Get(f.key).Table()
	if !ok {
		if !table.Get(f.key).IsNil() {
			d.c.Raise("table expected at field '%s', got %s", f.name, table.Get(f.key).Type())
		}
		list = d.c.NewTable(0, 0)
		table.Set(f.key, list.Value())
	}
	d.state.setDefaultMeta(d.c, list, what)
	return list
}

// entry sets an entry of a map.
func (d *decoder) entry(f *fieldInfo, entries library.Table) {
	part := d.bytes()
	rest := d.r
	d.r = part
	var parts [2]library.Value
	var found [2]bool
	for {
		tag, ok := d.r.Tag()
		if !ok {
			break
		}
		d.step()
		n := int(tag >> 3)
		if n != 1 && n != 2 {
			continue // as C does: what follows is read as tags
		}
		if of := f.of.field(int32(n)); of != nil {
			d.check(of, tag)
			parts[n-1], found[n-1] = d.value(of), true
		}
	}
	d.r = rest
	for i := range parts {
		if !found[i] {
			parts[i], found[i] = d.state.absent(d.c, f.of.field(int32(i+1)), true, 0)
		}
	}
	if !found[0] || !found[1] {
		return
	}
	if number, ok := parts[0].Float(); ok && math.IsNaN(number) || parts[0].IsNil() {
		d.c.Raise("index is %s", map[bool]string{true: "nil", false: "NaN"}[parts[0].IsNil()])
	}
	entries.Set(parts[0], parts[1])
}

// list adds to a list what follows: one value, or many that are packed.
func (d *decoder) list(f *fieldInfo, tag uint32, list library.Table) {
	if protobuf.WireType(tag&7) != protobuf.Length || !f.packed && f.kind.Wire() == protobuf.Length {
		d.check(f, tag)
		if v := d.value(f); !v.IsNil() {
			list.Append(v)
		}
		return
	}
	part := d.bytes()
	rest := d.r
	d.r = part
	for d.r.Len() > 0 {
		if v := d.value(f); !v.IsNil() {
			list.Append(v)
		}
		d.step()
	}
	d.r = rest
}

// unpackCall is pb.unpack(type, bytes): the fields in the order of their numbers.
func unpackCall(c library.Call) {
	t := typeArg(c)
	of := inputArg(c, 2)
	d := &decoder{c: c, state: stateOf(c), r: of.reader(), start: of.start}
	values := make([]library.Value, len(t.ordered))
	var before *fieldInfo
	count := 0
	for {
		tag, ok := d.r.Tag()
		if !ok {
			break
		}
		d.step()
		f := t.field(int32(tag >> 3))
		if f == nil {
			d.r.Skip(tag, c.Poll)
		} else {
			values[f.index-1] = d.one(f, tag, values[f.index-1], f == before)
		}
		if f != before && f != nil {
			count++
		}
		before = f
	}
	if count != len(values) {
		d.state.unpackDefaults(c, t, values)
	}
	c.Return(values...)
}

// one is the value of a field for unpack: with what it was before it, where that came just before.
func (d *decoder) one(f *fieldInfo, tag uint32, was library.Value, goesOn bool) library.Value {
	mapping := f.of != nil && f.of.isMap
	if !mapping && !f.repeated {
		d.check(f, tag)
		return d.value(f)
	}
	table, ok := was.Table()
	if !ok || !goesOn {
		table = d.c.NewTable(0, 0)
	}
	if mapping {
		d.check(f, tag)
		d.entry(f, table)
	} else {
		d.list(f, tag, table)
	}
	return table.Value()
}
