package protobuf

// Kind is the type of a field, by its number in a description.
type Kind int32

// The kinds of fields.
const (
	Double Kind = 1 + iota
	Float
	Int64
	Uint64
	Int32
	Fixed64
	Fixed32
	Bool
	String
	Group
	Message
	Bytes
	Uint32
	Enum
	Sfixed32
	Sfixed64
	Sint32
	Sint64
)

var kindNames = [...]string{
	Double: "double", Float: "float", Int64: "int64", Uint64: "uint64", Int32: "int32", Fixed64: "fixed64", Fixed32: "fixed32",
	Bool: "bool", String: "string", Group: "group", Message: "message", Bytes: "bytes", Uint32: "uint32", Enum: "enum",
	Sfixed32: "sfixed32", Sfixed64: "sfixed64", Sint32: "sint32", Sint64: "sint64",
}

// String is the kind's name in a .proto file, <unknown> for none.
func (k Kind) String() string {
	if k < 1 || int(k) >= len(kindNames) {
		return "<unknown>"
	}
	return kindNames[k]
}

// KindOf is the kind of a name.
func KindOf(name string) (k Kind, ok bool) {
	for k := Double; int(k) < len(kindNames); k++ {
		if kindNames[k] == name {
			return k, true
		}
	}
	return 0, false
}

// WireType is how the bytes of a value are bounded: the lowest three bits of a tag.
type WireType int

// The wire types. NoWire is that of groups, and of what isn't a kind.
const (
	Varint WireType = iota
	Wire64
	Length
	GroupStart
	GroupEnd
	Wire32
	NoWire
)

var wireNames = [...]string{Varint: "varint", Wire64: "64bit", Length: "bytes", GroupStart: "gstart", GroupEnd: "gend", Wire32: "32bit"}

// String is the wire type's name, <unknown> for none.
func (w WireType) String() string {
	if w < 0 || int(w) >= len(wireNames) {
		return "<unknown>"
	}
	return wireNames[w]
}

// WireTypeOf is the wire type of a name.
func WireTypeOf(name string) (w WireType, ok bool) {
	for w, is := range wireNames {
		if is == name {
			return WireType(w), true
		}
	}
	return 0, false
}

// Wire is the wire type of a kind.
func (k Kind) Wire() WireType {
	switch k {
	case Double, Fixed64, Sfixed64:
		return Wire64
	case Float, Fixed32, Sfixed32:
		return Wire32
	case String, Message, Bytes:
		return Length
	case Int64, Uint64, Int32, Bool, Uint32, Enum, Sint32, Sint64:
		return Varint
	}
	return NoWire
}

// Tag is what stands before a value.
func Tag(number int32, w WireType) uint32 { return uint32(number)<<3 | uint32(w) }
