package pbc

import "devnode/runtime/library"

// Name is by what it is required.
const Name = "protobuf.c"

// Module is what require "protobuf.c" returns.
func Module() library.Module {
	nothing := func(library.Call) {}
	return library.Module{
		Name: Name,
		Functions: map[string]library.Function{
			"_env_new": envNew, "_env_register": envRegister, "_env_type": envType, "_env_enum_id": envEnumID, "_last_error": lastError,
			"_rmessage_new": rmessageNew, "_rmessage_delete": nothing, "_rmessage_int": rmessageInt, "_rmessage_real": rmessageReal,
			"_rmessage_string": rmessageString, "_rmessage_message": rmessageMessage, "_rmessage_size": rmessageSize,
			"_wmessage_new": wmessageNew, "_wmessage_delete": nothing, "_wmessage_int": wmessageInt, "_wmessage_real": wmessageReal,
			"_wmessage_string": wmessageString, "_wmessage_message": wmessageMessage,
			"_wmessage_buffer": wmessageBuffer, "_wmessage_buffer_string": wmessageBufferString,
			"_pattern_new": patternNew, "_pattern_delete": nothing, "_pattern_size": patternSize, "_pattern_unpack": patternUnpack,
			"_pattern_pack": patternPack, "_decode": decodeCall, "_gc": gc, "_add_pattern": nothing, "_add_rmessage": nothing,
		},
	}
}

// collected is what _gc returns; what it holds goes without it.
var collected = &library.Class{}

func gc(c library.Call) { c.Return(collected.New(c, nil)) }

func envRegister(c library.Call) {
	e, data := envArg(c), c.String(2)
	if !e.register(data) {
		c.Raise("register fail")
	}
}

// envType is _env_type(env, type[, field]): whether there is the type, or the number of the field's kind, and its type's name.
func envType(c library.Call) {
	e := envArg(c)
	m := e.message(c.String(2))
	if c.Arg(3).IsNil() {
		c.Return(library.Bool(m != nil))
		return
	}
	name := c.String(3)
	var f *field
	if m != nil {
		f = m.named(name)
	}
	if f == nil {
		c.Return(library.Int(0))
		return
	}
	kind, of := f.typeOf()
	c.Return(library.Int(kind))
	if of != "" {
		c.Return(library.String(of))
	}
}

func envEnumID(c library.Call) {
	e, of, name := envArg(c), c.String(2), c.String(3)
	if found := e.types.Load().enums[of]; found != nil {
		if id, ok := found.ids[name]; ok && id >= 0 {
			c.Return(library.Int(int64(id)))
		}
	}
}

func lastError(c library.Call) {
	text := ""
	if is := envArg(c).lastError.Swap(nil); is != nil {
		text = *is
	}
	c.Return(library.String(text))
}

// patternSize is how many bytes C takes for the values of a format.
func patternSize(c library.Call) {
	size := 0
	for _, letter := range []byte(c.String(1)) {
		switch letter {
		case 'b', 'i':
			size += 4
		case 'r', 'd':
			size += 8
		case 's', 'm':
			size += 16
		default:
			size += 64
		}
	}
	c.Return(library.Int(int64(size)))
}
