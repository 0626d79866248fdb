package sproto

import (
	"fmt"
	"math"
	"strings"

	"devnode/runtime/library"
)

// Core is what require "sproto.core" returns.
func Core() library.Module {
	return library.Module{
		Name: "sproto.core",
		Functions: map[string]library.Function{
			"newproto": newProto, "deleteproto": deleteProto, "dumpproto": dumpProto, "querytype": queryType,
			"encode": encode, "decode": decode, "pack": packCall, "unpack": unpackCall, "protocol": queryProtocol,
			"saveproto": saveProto, "loadproto": loadProto, "default": defaults,
		},
	}
}

func newProto(c library.Call) {
	if p := load([]byte(c.String(1))); p != nil {
		c.Return(p.light)
	}
}

// protocolArg is argument 1, a protocol: that which is in its place by now.
func protocolArg(c library.Call, want string) *protocol {
	p, ok := library.Pointed[*protocol](c.Arg(1))
	if !ok {
		c.ArgError(1, "%s", want)
	}
	return p.current()
}

// typeArg is argument 1, a type; nil for nil, and for the null that stands for an answer without one.
func typeArg(c library.Call) *structure {
	if s, ok := library.Pointed[*structure](c.Arg(1)); ok {
		return s.current()
	}
	if v := c.Arg(1); v.Type() == "userdata" && v != library.Null {
		c.ArgError(1, "Need a sproto_type object")
	}
	return nil
}

// deleteProto does nothing: a protocol goes with those who use it.
func deleteProto(c library.Call) { protocolArg(c, "Need a sproto object") }

func queryType(c library.Call) {
	p := protocolArg(c, "Need a sproto object")
	if s := p.byName[c.String(2)]; s != nil {
		c.Return(s.light)
	}
}

func encode(c library.Call) {
	s := typeArg(c)
	if s == nil {
		if !c.Arg(2).IsNil() {
			c.TypeError(2, "nil")
		}
		c.Return(library.String(""))
		return
	}
	e := &encoder{c: c}
	e.structure(s, c.Arg(2), 0)
	e.limit()
	c.Return(library.String(string(e.out)))
}

// bytes is argument n: a string, or a message with its size behind it.
func bytes(c library.Call, n int) []byte {
	if v := c.Arg(n); v.Type() == "string" {
		s, _ := v.Str()
		return []byte(s)
	} else if v.Type() != "userdata" {
		c.ArgError(n, "Need a string or userdata")
	}
	c.Int(n + 1)
	return []byte(c.Bytes(n))
}

func decode(c library.Call) {
	s := typeArg(c)
	if s == nil {
		return
	}
	b := bytes(c, 2)
	result, ok := c.Arg(c.Args()).Table()
	if !ok {
		result = c.NewTable(0, len(s.fields))
	}
	d := &decoder{c: c}
	size, ok := d.structure(s, b, &level{result: result, key: -1})
	if !ok {
		c.Raise("decode error")
	}
	c.Return(result.Value(), library.Int(int64(size)))
}

func packCall(c library.Call) {
	b := bytes(c, 1)
	if (len(b)+2047)/2048*2+len(b)+2 > maxSize {
		c.Raise("object is too large (>%d)", maxSize)
	}
	c.Return(library.String(string(pack(b))))
}

func unpackCall(c library.Call) {
	out, ok := unpack(bytes(c, 1))
	if !ok {
		c.Raise("Invalid unpack stream")
	}
	if len(out) > maxSize {
		c.Raise("object is too large (>%d)", maxSize)
	}
	c.Return(library.String(string(out)))
}

// queryProtocol is protocol(proto, name or tag): the tag or the name, and the types of the request and its answer.
func queryProtocol(c library.Call) {
	p := protocolArg(c, "Need a sproto_type object")
	var r *request
	v := c.Arg(2)
	switch v.Type() {
	case "number":
		tag, _ := v.Int()
		if r = p.byTag(int(int32(tag))); r == nil {
			return
		}
		c.Return(library.String(r.name))
	case "string":
		name, _ := v.Str()
		if r = p.named(name); r == nil {
			return
		}
		c.Return(library.Int(int64(r.tag)))
	default:
		c.ArgError(2, "Should be number or string")
	}
	answer := lightOf(r.response)
	if r.response == nil && r.confirm {
		answer = library.Null
	}
	c.Return(lightOf(r.request), answer)
}

func (p *protocol) named(name string) *request {
	for _, r := range p.requests {
		if r.name == name {
			return r
		}
	}
	return nil
}

func lightOf(s *structure) library.Value {
	if s == nil {
		return library.Nil
	}
	return s.light
}

// defaults is a table of what the fields of a type are where nothing is said.
func defaults(c library.Call) {
	s := typeArg(c)
	if s == nil {
		c.ArgError(1, "Need a sproto_type object")
	}
	t := c.NewTable(0, len(s.fields))
	for _, f := range s.fields {
		var v library.Value
		switch {
		case f.kind == structKind && f.array:
			v = library.String(f.sub.name)
		case f.kind == structKind:
			of := c.NewTable(0, 1)
			of.SetField("__type", library.String(f.sub.name))
			v = of.Value()
		case f.kind == stringKind:
			v = library.String("")
		case f.kind == booleanKind:
			v = library.Bool(false)
		case f.kind == doubleKind || f.factor != 0:
			v = library.Float(0)
		default:
			v = library.Int(0)
		}
		if f.array {
			array := c.NewTable(0, 1)
			array.SetField("__array", v)
			v = array.Value()
		}
		t.SetField(f.name, v)
	}
	c.Return(t.Value())
}

var kindNames = [...]string{integerKind: "integer", booleanKind: "boolean", stringKind: "string", doubleKind: "double"}

// dumpProto writes the types and requests of a protocol to the log.
func dumpProto(c library.Call) {
	p := protocolArg(c, "Need a sproto_type object")
	for _, s := range p.types {
		c.Service().Log("%s", s.name)
		for _, f := range s.fields {
			c.Service().Log("\t%s", f.text())
		}
	}
	for _, r := range p.requests {
		text := fmt.Sprintf("%s (%d)", r.name, r.tag)
		if r.request != nil {
			text += " request:" + r.request.name
		}
		if r.response != nil {
			text += " response:" + r.response.name
		} else if r.confirm {
			text += " response nil"
		}
		c.Service().Log("%s", text)
	}
}

func (f *field) text() string {
	name := ""
	switch {
	case f.sub != nil:
		name = f.sub.name
	case f.factor != 0:
		name = fmt.Sprintf("decimal(%d)", int(math.Round(f.factor)))
	case f.binary:
		name = "binary"
	default:
		name = kindNames[f.kind]
	}
	key := ""
	if f.key >= 0 {
		key = fmt.Sprintf(" key[%d]", f.key)
	}
	return fmt.Sprintf("%s (%d) %s%s%s", f.name, f.tag, strings.Repeat("*", map[bool]int{true: 1}[f.array]), name, key)
}
