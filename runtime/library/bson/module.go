package bson

import (
	"encoding/binary"

	"devnode/runtime/library"
)

// Module is what require "bson" returns.
func Module() library.Module {
	return library.Module{
		Name: "bson",
		Functions: map[string]library.Function{
			"encode": encode, "encode_order": encodeOrder, "decode": decode, "to_lightuserdata": toLight, "type": typeName,
			"date": date, "timestamp": timestamp, "regex": regex, "binary": binaryValue, "objectid": objectID, "int64": int64Value,
		},
		Constants: map[string]library.Value{
			"null":   library.String(special(kindNull)),
			"minkey": library.String(special(kindMinKey)),
			"maxkey": library.String(special(kindMaxKey)),
		},
	}
}

// className is what errors call a document.
const className = "bson"

// class is that of documents.
var class = &library.Class{
	Name:    className,
	Methods: map[string]library.Function{"decode": decode, "makeindex": makeIndex},
	Events: map[string]library.Function{
		"__tostring": func(c library.Call) { c.Return(library.String(string(documentArg(c).bytes))) },
		"__len":      func(c library.Call) { c.Return(library.Int(int64(len(documentArg(c).bytes)))) },
		"__newindex": replace,
	},
}

func documentArg(c library.Call) *document { return library.Object[*document](c, 1, className) }

// documentOf is a value's document: an object's, or one that a light userdata points to. It is nil for none.
func documentOf(v library.Value) *document {
	if d, ok := library.Held[*document](v); ok {
		return d
	}
	d, _ := library.Pointed[*document](v)
	return d
}

// encode is bson.encode(table).
func encode(c library.Call) {
	t := c.Table(1)
	e := &encoder{c: c}
	if pairs := c.Metafield(t.Value(), "__pairs"); !pairs.IsNil() {
		e.pairs(t.Value(), pairs, 0)
	} else {
		e.fields(t, 0)
	}
	c.Return(class.New(c, &document{bytes: e.out}))
}

// encodeOrder is bson.encode_order(key, value, …).
func encodeOrder(c library.Call) {
	if c.Args()%2 != 0 {
		c.Raise("Invalid ordered dict")
	}
	e := &encoder{c: c}
	at := e.begin()
	for n := 1; n < c.Args(); n += 2 {
		key := c.Arg(n)
		if t := key.Type(); t != "string" && t != "number" {
			c.Raise("Argument %d need a string", n)
		}
		e.value(key.Text(), c.Arg(n+1), 0)
	}
	e.end(at)
	c.Return(class.New(c, &document{bytes: e.out}))
}

// decode is bson.decode(document).
func decode(c library.Call) {
	if d := documentOf(c.Arg(1)); d != nil {
		c.Return((&reader{c: c, b: d.bytes, count: new(int)}).document(false, 0))
	}
}

// toLight is bson.to_lightuserdata(document), which other services may have, too.
func toLight(c library.Call) {
	if d := documentOf(c.Arg(1)); d != nil {
		c.Return(library.LightOf(d))
		return
	}
	c.Return(library.Null)
}

// makeIndex is document:makeindex(), after which values of a fixed size can be set: document.field = value.
func makeIndex(c library.Call) {
	d := documentArg(c)
	d.index = map[string]place{}
	r := &reader{c: c, b: d.bytes[4 : len(d.bytes)-1]}
	for len(r.b) > 0 {
		kind := r.byte()
		name := string(r.text())
		if size := r.skip(kind); size > 0 {
			d.index[name] = place{kind, len(d.bytes) - 1 - len(r.b)}
			r.take(size)
		}
	}
	c.Return(c.Arg(1))
}

// replace sets a value in a document.
func replace(c library.Call) {
	d := documentArg(c)
	if d.index == nil {
		c.Raise("call makeindex first")
	}
	name, _ := c.Arg(2).Str()
	at, ok := d.index[name]
	if !ok {
		c.Raise("Can't replace key : %s", c.Arg(2).Text())
	}
	e := &encoder{c: c}
	v := c.Arg(3)
	switch at.kind {
	case kindDouble:
		e.number("", library.Float(c.Float(3)))
	case kindBoolean:
		e.value("", library.Bool(v.Truth()), 0)
	case kindObjectID, kindDate, kindTimestamp:
		s := c.String(3)
		if len(s) < 6 || s[0] != 0 || s[1] != at.kind {
			c.Raise("Type mismatch, need bson type %d", at.kind)
		}
		e.special("", at.kind, s[2:])
	default:
		if f, _ := v.Float(); !v.IsInteger() {
			c.Raise("%s must be a %dbit integer ", library.Float(f).Text(), map[byte]int{kindInt32: 32, kindInt64: 64}[at.kind])
		}
		i, _ := v.Int()
		e.out = binary.LittleEndian.AppendUint64([]byte{0, 0}, uint64(i))
		if at.kind == kindInt32 {
			e.out = e.out[:6]
		}
	}
	copy(d.bytes[at.at:], e.out[2:]) // behind the type and an empty name
}
