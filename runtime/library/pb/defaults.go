package pb

import (
	"strconv"
	"strings"

	"devnode/runtime/internal/protobuf"
	"devnode/runtime/library"
)

// Which fields setDefaults sets.
type defaultSet int

const (
	setFields defaultSet = 1 << iota
	setRepeated
	setMessages
)

// maxDefaults is how deep messages that aren't there are made.
const maxDefaults = 200

// newTable is a table for a message of so many bytes, with what the options say of fields that aren't in it.
func (d *decoder) newTable(t *typeInfo, size int) library.Table {
	return d.state.messageTable(d.c, t, min(t.room(), size/2), 0)
}

func (s *state) messageTable(c library.Call, t *typeInfo, room, depth int) library.Table {
	if depth > maxDefaults {
		c.Raise("stack overflow (too many levels)")
	}
	mode := s.options.defaults
	if mode == autoDefaults && t.proto3 {
		mode = copyDefaults
	}
	switch mode {
	case copyDefaults:
		table := c.NewTable(0, t.room())
		s.setDefaults(c, t, table, setFields|setRepeated|setMessages, depth)
		return table
	case metaDefaults:
		table := c.NewTable(0, room)
		s.setDefaults(c, t, table, setRepeated|setMessages, depth)
		table.SetMetatable(s.defaultMeta(c, t).Value())
		return table
	}
	table := c.NewTable(0, room)
	if s.options.decodeArrays || s.options.decodeMessages {
		s.setDefaults(c, t, table, setRepeated|setMessages, depth)
	}
	return table
}

// setDefaults sets the fields of a table to what absent ones are.
func (s *state) setDefaults(c library.Call, t *typeInfo, table library.Table, set defaultSet, depth int) {
	for _, f := range t.ordered {
		if f.repeated {
			if set&setRepeated != 0 && (t.proto3 || s.options.decodeArrays) {
				what := "*array"
				if f.of != nil && f.of.isMap {
					what = "*map"
				}
				list := c.NewTable(0, 0)
				s.setDefaultMeta(c, list, what)
				table.Set(f.key, list.Value())
			}
			continue
		}
		wanted := set&setFields != 0
		if f.kind == protobuf.Message {
			wanted = set&setMessages != 0 && s.options.decodeMessages
		}
		if f.oneof != 0 || !wanted {
			continue
		}
		if v, ok := s.absent(c, f, t.proto3, depth+1); ok {
			table.Set(f.key, v)
		}
	}
}

// absent is what a field is that isn't in a message, if that is anything.
func (s *state) absent(c library.Call, f *fieldInfo, proto3 bool, depth int) (v library.Value, ok bool) {
	if f == nil {
		return library.Nil, false
	}
	text := f.def.Text
	switch f.kind {
	case protobuf.Enum:
		return s.absentEnum(f, proto3)
	case protobuf.Message:
		if f.of == nil {
			return library.Nil, false
		}
		c.Poll()
		return s.messageTable(c, f.of, 0, depth).Value(), true
	case protobuf.Bytes, protobuf.String:
		return library.String(text), f.def.Set || proto3
	case protobuf.Bool:
		if f.def.Set {
			return library.Bool(text == "true"), text == "true" || text == "false"
		}
		return library.Bool(false), proto3
	case protobuf.Double, protobuf.Float:
		if f.def.Set {
			n, ok := leadingFloat(text)
			return library.Float(n), ok
		}
		return library.Float(0), proto3
	}
	if !f.def.Set {
		return library.Int(0), proto3
	}
	n, ok := leadingInt(text)
	unsigned := f.kind == protobuf.Uint64 || f.kind == protobuf.Fixed64 || f.kind == protobuf.Fixed32 || f.kind == protobuf.Uint32
	return integer(n, unsigned, s.options.int64s), ok
}

func (s *state) absentEnum(f *fieldInfo, proto3 bool) (v library.Value, ok bool) {
	if f.of == nil {
		return library.Nil, false
	}
	value := f.of.byName[f.def.Text]
	if value == nil || !f.def.Set {
		if !proto3 {
			return library.Nil, false
		}
		if value = f.of.field(0); value == nil {
			return library.Int(0), true
		}
	}
	if s.options.enumAsValue {
		return integer(int64(value.number), true, s.options.int64s), true
	}
	return value.key, true
}

// leadingInt is the decimal number that a text begins with, as strtol reads it.
func leadingInt(text string) (n int64, ok bool) {
	text = strings.TrimLeft(text, " \t\n\v\f\r")
	end := 0
	if end < len(text) && (text[0] == '-' || text[0] == '+') {
		end++
	}
	first := end
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	n, err := strconv.ParseInt(text[:end], 10, 64) // what is too large becomes the largest
	return n, end > first && (err == nil || n != 0)
}

// leadingFloat is the number that a text begins with, as strtod reads it.
func leadingFloat(text string) (f float64, ok bool) {
	text = strings.TrimLeft(text, " \t\n\v\f\r")
	for end := min(len(text), 400); end > 0; end-- {
		if strings.Contains(text[:end], "_") {
			continue
		}
		f, err := strconv.ParseFloat(text[:end], 64)
		if err == nil || f != 0 {
			return f, true
		}
	}
	return 0, false
}

// defaultMeta is the metatable of a message, whose fields are those that aren't in that.
func (s *state) defaultMeta(c library.Call, t *typeInfo) library.Table {
	if mt, ok := s.defaults[t.name].Table(); ok {
		return mt
	}
	mt := c.NewTable(0, t.room()+1)
	s.setDefaults(c, t, mt, setFields, 0)
	mt.SetField("__index", mt.Value())
	s.defaults[t.name] = mt.Value()
	return mt
}

// lists and maps of all messages have a metatable by these names.
var noType = map[string]*typeInfo{"*array": {name: "*array"}, "*map": {name: "*map"}}

// setDefaultMeta gives a list or a map its metatable, if there is to be one.
func (s *state) setDefaultMeta(c library.Call, table library.Table, what string) {
	if what == "*map" && !s.options.maps || what == "*array" && !s.options.lists {
		return
	}
	if _, has := table.Metatable(); !has {
		table.SetMetatable(s.defaultMeta(c, noType[what]).Value())
	}
}

// defaultsCall is pb.defaults(type[, table or nil]): the table of absent fields, or what it was before another took its place.
func defaultsCall(c library.Call) {
	s := stateOf(c)
	name := inputArg(c, 1).rest()
	given := c.Args() >= 2
	on := !given || c.Bool(2)
	var t *typeInfo
	switch {
	case len(name) < 2 || name[0] != '*':
		t = s.schema().find(name)
	case name[1]|0x20 == 'a':
		t, s.options.lists = noType["*array"], on
	case name[1]|0x20 == 'm':
		t, s.options.maps = noType["*map"], on
	}
	if t == nil {
		c.ArgError(1, "type not found")
	}
	if !given {
		c.Return(s.defaultMeta(c, t).Value())
		return
	}
	was := s.defaults[t.name]
	if c.Arg(2).IsNil() {
		delete(s.defaults, t.name)
	} else {
		s.defaults[t.name] = c.Arg(2)
	}
	c.Return(was)
}

// unpackDefaults sets what unpack hasn't found.
func (s *state) unpackDefaults(c library.Call, t *typeInfo, values []library.Value) {
	mode := s.options.defaults
	if mode == autoDefaults && t.proto3 {
		mode = copyDefaults
	}
	if mode != copyDefaults && mode != metaDefaults {
		return
	}
	for i, f := range t.ordered {
		if values[i].IsNil() {
			if v, ok := s.absent(c, f, t.proto3, 0); ok {
				values[i] = v
			}
		}
	}
}
