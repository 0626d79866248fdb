package pb

import (
	"encoding/binary"
	"math"

	"devnode/runtime/internal/protobuf"
	"devnode/runtime/library"
)

// maxDepth is how many messages may be in each other.
const maxDepth = 10000

// pollEvery is after how many values the service may be ended or interrupted.
const pollEvery = 4096

// encoder appends messages.
type encoder struct {
	c       library.Call
	state   *state
	options *options
	out     []byte
	count   int
	depth   int
}

// encodeMode is how a field is written.
type encodeMode int

const (
	bare    encodeMode = iota // without its tag
	nonzero                   // not where it is what an absent one is
	full
)

// encodeCall is pb.encode(type, table[, buffer]).
func encodeCall(c library.Call) {
	s, t := stateOf(c), typeArg(c)
	values := c.Table(2).Value()
	e := newEncoder(c, s)
	b, given := library.Held[*buffer](c.Arg(3))
	if given {
		e.out = b.bytes
	}
	if e.options.encHooks {
		values = e.hooked(t, values)
	}
	table, ok := values.Table()
	if !ok {
		c.ArgError(2, "table expected, got %s", values.Type())
	}
	e.message(t, table)
	if given {
		b.bytes = e.out
		c.Return(c.Arg(3))
		return
	}
	c.Return(e.done())
}

// newEncoder is one that has the state's room.
func newEncoder(c library.Call, s *state) *encoder {
	e := &encoder{c: c, state: s, options: &s.options, out: s.scratch[:0]}
	s.scratch = nil // a hook may encode, too
	return e
}

// maxScratch is how much room a state keeps.
const maxScratch = 64 << 10

// done is what was written.
func (e *encoder) done() library.Value {
	v := library.String(string(e.out))
	if cap(e.out) <= maxScratch {
		e.state.scratch = e.out
	}
	return v
}

func (e *encoder) step() {
	if e.count++; e.count%pollEvery == 0 {
		e.c.Poll()
	}
}

// message appends the fields of a table.
func (e *encoder) message(t *typeInfo, values library.Table) {
	if e.depth++; e.depth > maxDepth {
		e.c.Raise("stack overflow (message too many levels)")
	}
	if e.options.ordered {
		for _, f := range t.ordered {
			if v := values.Get(f.key); !v.IsNil() {
				e.field(t, f, v)
			}
		}
	} else {
		for key, v := range values.All() {
			name, ok := key.Str()
			if !ok {
				if key.Type() == "number" { // C makes it a text, and can't go on from that
					e.c.RaiseValue(library.String("invalid key to 'next'"))
				}
				continue
			}
			if f := t.byName[name]; f != nil {
				e.field(t, f, v)
			}
		}
	}
	e.depth--
}

// field appends what a table has for a field.
func (e *encoder) field(t *typeInfo, f *fieldInfo, v library.Value) {
	e.step()
	switch {
	case f.of != nil && f.of.isMap:
		e.mapping(f, v)
	case f.repeated:
		e.list(t, f, v)
	case f.of == nil || !f.of.dead:
		mode := full
		if e.ignoresZero(t, f) {
			mode = nonzero
		}
		e.value(f, v, mode)
	}
}

// ignoresZero tells whether a field isn't written where it is what an absent one is.
func (e *encoder) ignoresZero(t *typeInfo, f *fieldInfo) bool {
	return !e.options.encodeDefaults && t.proto3 && f.oneof == 0 && f.kind != protobuf.Message
}

func (e *encoder) table(f *fieldInfo, v library.Value) library.Table {
	t, ok := v.Table()
	if !ok {
		e.c.ArgError(2, "table expected at field '%s', got %s", f.name, v.Type())
	}
	return t
}

// mapping appends the entries of a map.
func (e *encoder) mapping(f *fieldInfo, v library.Value) {
	key, value := f.of.field(1), f.of.field(2)
	if key == nil || value == nil {
		return
	}
	for k, v := range e.table(f, v).All() {
		var at int
		e.out, at = protobuf.Begin(protobuf.AppendTag(e.out, f.number, protobuf.Length))
		e.value(key, k, nonzero)
		e.value(value, v, nonzero)
		e.out = protobuf.End(e.out, at)
		e.step()
	}
}

// list appends the values of a list.
func (e *encoder) list(t *typeInfo, f *fieldInfo, v library.Value) {
	values := e.table(f, v)
	mode, begin, at := full, len(e.out), 0
	packed := f.packed && f.kind != protobuf.Message
	if packed {
		mode = bare
		e.out, at = protobuf.Begin(protobuf.AppendTag(e.out, f.number, protobuf.Length))
	}
	i := 1
	for ; ; i++ {
		v := values.At(i)
		if v.IsNil() {
			break
		}
		e.value(f, v, mode)
		e.step()
	}
	if packed && i == 1 && e.ignoresZero(t, f) {
		e.out = e.out[:begin]
	} else if packed {
		e.out = protobuf.End(e.out, at)
	}
}

// value appends one value of a field.
func (e *encoder) value(f *fieldInfo, v library.Value, mode encodeMode) {
	begin := len(e.out)
	var zero bool
	switch f.kind {
	case protobuf.Enum:
		if e.options.encHooks {
			v = e.hooked(f.of, v)
		}
		n := e.enum(f, v)
		if zero = n == 0; mode != bare {
			e.out = protobuf.AppendTag(e.out, f.number, protobuf.Varint)
		}
		e.out = binary.AppendUvarint(e.out, n)
	case protobuf.Message:
		zero = e.nested(f, v)
	default:
		if mode != bare {
			e.out = protobuf.AppendTag(e.out, f.number, f.kind.Wire())
		}
		if f.kind < protobuf.Double || f.kind > protobuf.Sint64 || f.kind == protobuf.Group {
			e.c.RaiseValue(library.String("unknown type " + f.kind.String()))
		}
		var ok bool
		if e.out, zero, ok = appendScalar(e.out, f.kind, v); !ok {
			e.c.ArgError(2, "%s expected for field '%s', got %s", expected(f.kind), f.name, gotName(f.kind, v.Type()))
		}
	}
	if zero && mode == nonzero {
		e.out = e.out[:begin]
	}
}

// nested appends a message with its length, and tells whether there is nothing in it.
func (e *encoder) nested(f *fieldInfo, v library.Value) (empty bool) {
	if e.options.encHooks {
		v = e.hooked(f.of, v)
	}
	values := e.table(f, v)
	var at int
	e.out, at = protobuf.Begin(protobuf.AppendTag(e.out, f.number, protobuf.Length))
	e.message(f.of, values)
	empty = len(e.out) == at
	e.out = protobuf.End(e.out, at)
	return empty
}

// enum is the number of an enumeration's value.
func (e *encoder) enum(f *fieldInfo, v library.Value) uint64 {
	if n, ok := v.Float(); ok {
		if i, exact := v.Int(); exact && !v.IsInteger() || exact && n < 1<<53 && n > -1<<53 {
			return uint64(i)
		}
		switch {
		case n < math.MaxInt64:
			return uint64(int64(n))
		case n < math.MaxUint64:
			return uint64(n)
		}
		return 0
	}
	name, ok := v.Str()
	if !ok {
		e.c.ArgError(2, "number/string expected at enum field '%s', got %s", f.name, v.Type())
	}
	if value := f.of.byName[name]; value != nil {
		return uint64(int64(value.number))
	}
	n, ok := toInteger(v)
	if !ok {
		e.c.ArgError(2, "can not encode unknown enum '%s' at field '%s'", name, f.name)
	}
	return n
}

// hooked is what a type's hook makes of a value.
func (e *encoder) hooked(t *typeInfo, v library.Value) library.Value {
	return applyHook(e.c, e.state.enc, t, v)
}

func applyHook(c library.Call, hooks map[string]library.Value, t *typeInfo, v library.Value) library.Value {
	hook, ok := hooks[t.name]
	if !ok {
		return v
	}
	if got := c.Apply(hook, v); len(got) > 0 && !got[0].IsNil() {
		return got[0]
	}
	return v
}

// packCall is pb.pack(type, [buffer,] values in the order of the fields' numbers …).
func packCall(c library.Call) {
	s, t := stateOf(c), typeArg(c)
	b, given := library.Held[*buffer](c.Arg(2))
	e, n := newEncoder(c, s), 2
	if given {
		e.out, n = b.bytes, 3
	}
	for i, f := range t.ordered {
		if v := c.Arg(n + i); !v.IsNil() {
			e.field(t, f, v)
		}
	}
	if given {
		b.bytes = e.out
		c.Return(c.Arg(3)) // as C does
		return
	}
	c.Return(e.done())
}
