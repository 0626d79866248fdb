package pbc

import (
	"math"
	"slices"
	"strings"

	"devnode/runtime/internal/protobuf"
	"devnode/runtime/library"
)

// pattern is a list of a message's fields, whose values are packed and unpacked without a table.
type pattern struct {
	env    *env
	fields []*field
	order  []int // the places of the fields, by their numbers
}

// patternNew is _pattern_new(env, type, "@name %kind name %kind …").
func patternNew(c library.Call) {
	e, name, format := envArg(c), c.String(2), c.String(3)
	p, problem := e.pattern(name, format)
	if problem != "" {
		e.fail(problem)
		c.Raise("create patten %s (%s) failed", name, format)
	}
	c.Return(library.LightOf(p))
}

func (e *env) pattern(name, format string) (p *pattern, problem string) {
	m := e.message(name)
	if m == nil {
		return nil, "Pattern new can't find proto"
	}
	p = &pattern{env: e}
	words := strings.Fields(strings.TrimPrefix(format, "@"))
	for i := 0; i+1 < len(words); i += 2 {
		f := m.named(words[i])
		if f == nil {
			return nil, "Pattern @new query none exist field"
		}
		kind := words[i+1]
		if len(kind) != 2 || kind[0] != '%' || !strings.Contains("fFdDbhcsa", kind[1:]) {
			return nil, "Pattern @new use an invalid ctype"
		}
		if !f.fits(kind[1]) {
			return nil, "Pattern @new ctype check error"
		}
		p.fields = append(p.fields, f)
		p.order = append(p.order, len(p.order))
	}
	slices.SortStableFunc(p.order, func(a, b int) int { return int(p.fields[a].number) - int(p.fields[b].number) })
	return p, ""
}

// fits tells whether a field has the kind that a pattern says.
func (f *field) fits(kind byte) bool {
	switch {
	case f.many():
		return kind == 'a'
	case f.kind.Wire() == protobuf.Length:
		return kind == 's'
	case f.kind == protobuf.Float || f.kind == protobuf.Double:
		return kind == 'f' || kind == 'F'
	case f.kind == protobuf.Enum:
		return strings.IndexByte("chdD", kind) >= 0
	}
	return strings.IndexByte("safF", kind) < 0
}

// patternArg is argument 1, a pattern, and its format, argument 2: a letter for each field.
func patternArg(c library.Call) (p *pattern, format string) {
	p, format = pointer[*pattern](c, 1), c.String(2)
	if len(format) > len(p.fields) {
		c.Raise("unknown format %s", format)
	}
	return p, format
}

// patternUnpack is _pattern_unpack(pattern, format, size, bytes): the fields' values, or nothing where it can't.
func patternUnpack(c library.Call) {
	p, format := patternArg(c)
	if t := c.Arg(4).Type(); t != "string" && t != "number" && t != "userdata" {
		c.Raise("Need a userdata")
	}
	data := bytesArg(c, 4)
	if !whole(c, data) {
		p.env.fail("Pattern unpack open context error")
		return
	}
	var room [inlineFields]slot
	values := append(room[:0], make([]slot, len(p.fields))...)
	s := cursor{protobuf.NewReader(data)}
	for s.r.Len() > 0 {
		a, _ := s.next()
		for i, f := range p.fields {
			if f.number != a.number {
				continue
			}
			if !values[i].unpack(c, f, a) {
				p.env.fail("Pattern unpack field error")
				return
			}
			break
		}
	}
	for i := range len(format) {
		c.Return(p.result(c, p.fields[i], format[i], &values[i]))
	}
}

// inlineFields is for how many fields a call needs no memory.
const inlineFields = 8

// slot is what a field has in a call: one value, or a list.
type slot struct {
	one  scalar
	list []scalar
	set  bool
}

// unpack adds a value.
func (s *slot) unpack(c library.Call, f *field, a atom) bool {
	s.set = true
	if f.label == packed {
		return f.packedValues(c, a, func(v scalar) { s.list = append(s.list, v) })
	}
	v, ok := scalar{}, false
	if f.kind == protobuf.Message {
		v.text, ok = a.data.Text(), a.wire == protobuf.Length
	} else {
		v, ok = f.scalarOf(a)
	}
	if f.many() {
		s.list = append(s.list, v)
	} else {
		s.one = v
	}
	return ok
}

func (p *pattern) result(c library.Call, f *field, letter byte, s *slot) library.Value {
	if letter >= 'a' && letter <= 'z' {
		if !s.set {
			return patternValue(c, letter, f.value, false)
		}
		return patternValue(c, letter, s.one, true)
	}
	list := c.NewTable(len(s.list), 0)
	for _, v := range s.list {
		list.Append(patternValue(c, letter|0x20, v, true))
	}
	return list.Value()
}

// patternValue is a value by a letter of the format.
func patternValue(c library.Call, letter byte, v scalar, there bool) library.Value {
	switch letter {
	case 'i':
		return library.Int(int64(int32(v.bits)))
	case 'd':
		return library.Int(int64(v.bits))
	case 'b':
		return library.Bool(uint32(v.bits) != 0)
	case 'r':
		return library.Float(v.real)
	case 's':
		return library.String(v.text)
	}
	pair := c.NewTable(2, 0)
	message := library.Null
	if there {
		message = library.LightOf(&part{v.text})
	}
	pair.Append(message)
	pair.Append(library.Int(int64(len(v.text))))
	return pair.Value()
}

// patternPack is _pattern_pack(pattern, format, size, values …).
func patternPack(c library.Call) {
	p, format := patternArg(c)
	var room [inlineFields]slot
	given := append(room[:0], make([]slot, len(p.fields))...)
	for i := range len(format) {
		letter := format[i]
		if letter >= 'a' && letter <= 'z' {
			given[i] = slot{one: packArg(c, 4+i, letter), set: true}
			continue
		}
		list, ok := c.Arg(4 + i).Table()
		if !ok {
			c.Raise("need table for array type")
		}
		for j := 1; j <= list.Len(); j++ {
			given[i].list = append(given[i].list, itemOf(c, list.At(j), letter|0x20))
		}
	}
	out := make([]byte, 0, 64)
	for _, i := range p.order {
		f := p.fields[i]
		switch {
		case len(given[i].list) > 0:
			out = f.packList(out, given[i].list)
		case given[i].set && !(f.label == optional && f.isDefault(given[i].one)):
			out = f.packOne(out, given[i].one)
		}
	}
	c.Return(library.Bytes(out))
}

func packArg(c library.Call, n int, letter byte) scalar {
	switch letter {
	case 'i':
		return scalar{bits: uint64(uint32(c.Int(n)))} // five bytes for one below 0, as in C
	case 'd':
		return scalar{bits: uint64(c.Int(n))}
	case 'b':
		return itemOf(c, c.Arg(n), letter)
	case 'r':
		f := c.Float(n)
		return scalar{real: f, bits: math.Float64bits(f)}
	case 's':
		return scalar{text: c.String(n)}
	case 'm':
		if c.Arg(n).Type() != "table" {
			c.String(n)
		}
		return itemOf(c, c.Arg(n), letter)
	}
	c.Raise("unknown format %c", letter)
	return scalar{}
}

// itemOf is the value of a list's item.
func itemOf(c library.Call, v library.Value, letter byte) scalar {
	switch letter {
	case 'b':
		if v.Truth() {
			return scalar{bits: 1}
		}
		return scalar{}
	case 'i':
		return scalar{bits: uint64(int64(int32(integerItem(c, v))))}
	case 'd':
		return scalar{bits: integerItem(c, v)}
	case 'r':
		number, ok := v.ToNumber()
		if !ok {
			c.ArgError(-1, "number expected, got %s", v.Type())
		}
		f, _ := number.Float()
		return scalar{real: f, bits: math.Float64bits(f)}
	case 'm':
		if pair, ok := v.Table(); ok {
			return scalar{text: messageText(pair)}
		}
	}
	if t := v.Type(); t != "string" && t != "number" {
		c.ArgError(-1, "string expected, got %s", v.Type())
	}
	return scalar{text: v.Text()}
}

func integerItem(c library.Call, v library.Value) uint64 {
	if number, ok := v.ToNumber(); !ok {
		c.ArgError(-1, "number expected, got %s", v.Type())
	} else if _, exact := number.Int(); !exact {
		c.ArgError(-1, "number has no integer representation")
	}
	return integerOf(v)
}

// part is the bytes of a message in another one: what a pointer in the table that unpack makes of it points to.
type part struct{ text string }

// messageText is the bytes of a message as unpack gives it: a pointer and a size.
func messageText(pair library.Table) string {
	of, _ := library.Pointed[*part](pair.At(1))
	if of == nil {
		return ""
	}
	if size, ok := pair.At(2).Int(); ok && size >= 0 && size < int64(len(of.text)) {
		return of.text[:size]
	}
	return of.text
}

// packList appends the values of a field.
func (f *field) packList(out []byte, values []scalar) []byte {
	if f.label != packed {
		for _, v := range values {
			out = f.packOne(out, v)
		}
		return out
	}
	out, at := protobuf.Begin(protobuf.AppendTag(out, f.number, protobuf.Length))
	for _, v := range values {
		if f.kind == protobuf.Double || f.kind == protobuf.Float {
			out = appendReal(out, f.kind, v.real)
		} else {
			out = appendInteger(out, f.kind, v.bits)
		}
	}
	return protobuf.End(out, at)
}

// packOne appends a value of a field.
func (f *field) packOne(out []byte, v scalar) []byte {
	out = protobuf.AppendTag(out, f.number, f.kind.Wire())
	switch f.kind {
	case protobuf.String, protobuf.Bytes, protobuf.Message:
		return protobuf.AppendBytes(out, v.text)
	case protobuf.Double, protobuf.Float:
		return appendReal(out, f.kind, v.real)
	}
	return appendInteger(out, f.kind, v.bits)
}

// isDefault tells whether a value is what the field is where it isn't there.
func (f *field) isDefault(v scalar) bool {
	switch f.kind {
	case protobuf.String:
		return v.text == f.value.text
	case protobuf.Bytes, protobuf.Message:
		return false
	case protobuf.Double, protobuf.Float:
		return v.real == f.value.real
	case protobuf.Int64, protobuf.Uint64, protobuf.Fixed64, protobuf.Sfixed64, protobuf.Sint64, protobuf.Uint32:
		return v.bits == f.value.bits
	}
	return uint32(v.bits) == uint32(f.value.bits)
}
