package pb

import (
	"io"
	"math"
	"os"

	"devnode/runtime/internal/protobuf"
	"devnode/runtime/library"
)

// Modules are what require returns for "pb", "pb.slice", "pb.buffer", "pb.conv", "pb.io" and "pb.unsafe".
func Modules() []library.Module {
	return []library.Module{module(), Slice(), Buffer(), conversions(), files(), unsafe()}
}

func module() library.Module {
	return library.Module{
		Name: "pb",
		Functions: map[string]library.Function{
			"clear": clearCall, "load": loadCall, "loadfile": loadFile, "encode": encodeCall, "decode": decodeCall, "types": typesCall,
			"fields": fieldsCall, "type": typeCall, "field": fieldCall, "typefmt": typeFormat, "enum": enumCall, "defaults": defaultsCall,
			"hook":        hookCall(func(s *state) map[string]library.Value { return s.dec }),
			"encode_hook": hookCall(func(s *state) map[string]library.Value { return s.enc }),
			"tohex":       toHex, "fromhex": fromHex, "result": result, "option": optionCall, "state": switchState, "pack": packCall, "unpack": unpackCall,
		},
	}
}

// settings are the words of pb.option.
func settings(o *options) map[string]func() {
	return map[string]func(){
		"enum_as_name": func() { o.enumAsValue = false }, "enum_as_value": func() { o.enumAsValue = true },
		"int64_as_number": func() { o.int64s = asNumber }, "int64_as_string": func() { o.int64s = asString },
		"int64_as_hexstring": func() { o.int64s = asHex },
		"encode_order":       func() { o.ordered = true }, "no_encode_order": func() { o.ordered = false },
		"encode_default_values": func() { o.encodeDefaults = true }, "no_encode_default_values": func() { o.encodeDefaults = false },
		"auto_default_values": func() { o.defaults = autoDefaults }, "no_default_values": func() { o.defaults = noDefaults },
		"use_default_values": func() { o.defaults = copyDefaults }, "use_default_metatable": func() { o.defaults = metaDefaults },
		"decode_default_array": func() { o.decodeArrays = true }, "no_decode_default_array": func() { o.decodeArrays = false },
		"decode_default_message": func() { o.decodeMessages = true }, "no_decode_default_message": func() { o.decodeMessages = false },
		"enable_hooks": func() { o.decHooks = true }, "disable_hooks": func() { o.decHooks = false },
		"enable_enchooks": func() { o.encHooks = true }, "disable_enchooks": func() { o.encHooks = false },
	}
}

// optionCall is pb.option(word).
func optionCall(c library.Call) {
	word := c.String(1)
	set := settings(&stateOf(c).options)[word]
	if set == nil {
		c.ArgError(1, "invalid option '%s'", word)
	}
	set()
}

// conversions is what require "pb.conv" returns.
func conversions() library.Module {
	convert := func(unsigned bool, of func(n uint64) int64) library.Function {
		return func(c library.Call) {
			c.Return(integer(of(integerArg(c, 1)), unsigned, stateOf(c).options.int64s))
		}
	}
	int32s := convert(true, func(n uint64) int64 { return int64(int32(n)) })
	uint32s := convert(true, func(n uint64) int64 { return int64(uint32(n)) })
	return library.Module{
		Name: "pb.conv",
		Functions: map[string]library.Function{
			"encode_int32": int32s, "decode_int32": int32s, "encode_uint32": uint32s, "decode_uint32": uint32s,
			"encode_sint32": convert(true, func(n uint64) int64 { return int64(protobuf.Zigzag32(int32(n))) }),
			"decode_sint32": convert(false, func(n uint64) int64 { return int64(protobuf.Unzigzag32(uint32(n))) }),
			"encode_sint64": convert(true, func(n uint64) int64 { return int64(protobuf.Zigzag(int64(n))) }),
			"decode_sint64": convert(false, func(n uint64) int64 { return protobuf.Unzigzag(n) }),
			"encode_float": func(c library.Call) {
				c.Return(integer(int64(math.Float32bits(float32(c.Float(1)))), true, stateOf(c).options.int64s))
			},
			"decode_float": func(c library.Call) {
				c.Return(library.Float(float64(math.Float32frombits(uint32(integerArg(c, 1))))))
			},
			"encode_double": func(c library.Call) {
				c.Return(integer(int64(math.Float64bits(c.Float(1))), true, stateOf(c).options.int64s))
			},
			"decode_double": func(c library.Call) { c.Return(library.Float(math.Float64frombits(integerArg(c, 1)))) },
		},
	}
}

// files is what require "pb.io" returns.
func files() library.Module {
	return library.Module{
		Name: "pb.io",
		Functions: map[string]library.Function{
			"read": func(c library.Call) {
				if c.Arg(1).IsNil() {
					c.Return(library.String(standardInput(c)))
				} else if data, ok := readFile(c, c.String(1)); ok {
					c.Return(library.String(data))
				}
			},
			"dump": func(c library.Call) {
				name := c.String(1)
				if err := os.WriteFile(name, []byte(concatenated(c, 2)), 0o666); err != nil {
					text, number := library.SystemError(err)
					c.Return(library.Nil, library.String(name+": "+text), library.Int(int64(number)))
					return
				}
				c.Return(c.Arg(c.Args()))
			},
			"write": func(c library.Call) {
				os.Stdout.WriteString(concatenated(c, 1))
				c.Return(c.Arg(c.Args()))
			},
		},
	}
}

// standardInput is all that comes in by the node's standard input.
func standardInput(c library.Call) string {
	var text []byte
	if in := c.Node().Stdin(); in != nil {
		c.Block(func() { text, _ = io.ReadAll(in) })
	}
	return string(text)
}

// pointed is what argument n, a pointer with its size behind it, points to.
func pointed(c library.Call, n int) string {
	c.Int(n + 1)
	if v := c.Arg(n); v.Type() != "userdata" || v == library.Null {
		typeError(c, n, "userdata")
	}
	return c.Bytes(n)
}

// concatenated is arguments from n on.
func concatenated(c library.Call, n int) string {
	b := &buffer{}
	b.add(c, n)
	return string(b.bytes)
}

// unsafe is what require "pb.unsafe" returns: for what skynet holds as a pointer and a size.
func unsafe() library.Module {
	return library.Module{
		Name: "pb.unsafe",
		Functions: map[string]library.Function{
			"load": func(c library.Call) { loadText(c, pointed(c, 1)) },
			"decode": func(c library.Call) {
				of := viewOf(pointed(c, 2))
				decodeInto(c, typeArg(c), of, c.Arg(4))
			},
			"slice": func(c library.Call) {
				c.Return(sliceClass.New(c, &slice{current: viewOf(pointed(c, 1)), raw: true}))
			},
			"touserdata": func(c library.Call) {
				of, ok := input(c.Arg(1))
				pointer := library.Null
				if ok {
					pointer = c.Message(of.rest())
				}
				c.Return(pointer, library.Int(int64(len(of.rest()))))
			},
			"use": func(c library.Call) {
				s, word := stateOf(c), c.Option(1, "", "global", "local")
				last := global.Of(c.Node()).Load()
				if loaded := statesOf(c).loaded; loaded != nil {
					last = loaded
				}
				if word == "local" {
					s.use = s.own
				} else if last != nil {
					s.use = last
				}
				c.Return(library.Bool(last != nil))
			},
		},
	}
}
