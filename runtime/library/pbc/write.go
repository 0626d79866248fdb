package pbc

import (
	"encoding/binary"
	"math"
	"strings"

	"devnode/runtime/internal/protobuf"
	"devnode/runtime/library"
)

// writing is a message that is written field by field. The packed fields come behind the others, and messages behind those.
type writing struct {
	env      *env
	of       *message
	out      []byte
	packed   []packedList
	messages []nested
}

type packedList struct {
	f     *field
	bytes []byte
}

type nested struct {
	f *field
	w *writing
}

// wmessageNew is _wmessage_new(env, type): a null for none.
func wmessageNew(c library.Call) {
	e := envArg(c)
	m := e.message(c.String(2))
	if m == nil {
		c.Return(library.Null)
		return
	}
	c.Return(library.LightOf(newWriting(e, m)))
}

func newWriting(e *env, m *message) *writing {
	return &writing{env: e, of: m, out: make([]byte, 0, 48)}
}

// key is the field that argument 2 names.
func (w *writing) key(c library.Call, function string) *field {
	f := w.of.named(c.String(2))
	if f == nil {
		w.env.fail(function + " query key error")
	}
	return f
}

func wmessageInt(c library.Call) {
	w := pointer[*writing](c, 1)
	c.String(2)
	n := integerOf(c.Arg(3))
	f := w.key(c, "wmessage_interger")
	if f == nil {
		return
	}
	if f.label == packed {
		w.pack(f, scalar{bits: n, real: math.Float64frombits(n)})
		return
	}
	if f.label == optional && (n == f.value.bits || f.kind == protobuf.Enum && uint32(n) == uint32(f.value.bits)) {
		return
	}
	switch f.kind.Wire() {
	case protobuf.Varint, protobuf.Wire32, protobuf.Wire64:
		if f.kind != protobuf.Double && f.kind != protobuf.Float {
			w.out = appendInteger(protobuf.AppendTag(w.out, f.number, f.kind.Wire()), f.kind, n)
		}
	}
}

// integerOf is a number without its fraction, 0 for what is none.
func integerOf(v library.Value) uint64 {
	if i, ok := v.Int(); ok {
		return uint64(i)
	}
	number, ok := v.ToNumber()
	if !ok {
		return 0
	}
	if i, ok := number.Int(); ok {
		return uint64(i)
	}
	f, _ := number.Float()
	if f >= math.MinInt64 && f < math.MaxInt64 {
		return uint64(int64(f))
	}
	return 1 << 63
}

func appendInteger(b []byte, k protobuf.Kind, n uint64) []byte {
	switch k {
	case protobuf.Fixed64, protobuf.Sfixed64:
		return binary.LittleEndian.AppendUint64(b, n)
	case protobuf.Fixed32, protobuf.Sfixed32:
		return binary.LittleEndian.AppendUint32(b, uint32(n))
	case protobuf.Uint32, protobuf.Enum, protobuf.Bool:
		n = uint64(uint32(n))
	case protobuf.Sint32:
		n = uint64(protobuf.Zigzag32(int32(n)))
	case protobuf.Sint64:
		n = protobuf.Zigzag(int64(n))
	}
	return binary.AppendUvarint(b, n)
}

func appendReal(b []byte, k protobuf.Kind, f float64) []byte {
	if k == protobuf.Float {
		return binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(f)))
	}
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(f))
}

// pack adds a value to a packed field.
func (w *writing) pack(f *field, v scalar) {
	i := 0
	for i < len(w.packed) && w.packed[i].f != f {
		i++
	}
	if i == len(w.packed) {
		w.packed = append(w.packed, packedList{f: f})
	}
	w.packed[i].bytes = appendPacked(w.packed[i].bytes, f.kind, v)
}

func appendPacked(b []byte, k protobuf.Kind, v scalar) []byte {
	switch k {
	case protobuf.Double, protobuf.Float:
		return appendReal(b, k, v.real)
	case protobuf.Int32: // five bytes for one below 0, as in C
		return appendInteger(b, protobuf.Uint32, v.bits)
	}
	return appendInteger(b, k, v.bits)
}

func wmessageReal(c library.Call) {
	w := pointer[*writing](c, 1)
	c.String(2)
	n := c.Float(3)
	f := w.key(c, "wmessage_real")
	switch {
	case f == nil:
	case f.label == packed:
		w.pack(f, scalar{real: n, bits: math.Float64bits(n)})
	case f.label == optional && n == f.value.real:
	case f.kind == protobuf.Float || f.kind == protobuf.Double:
		w.out = appendReal(protobuf.AppendTag(w.out, f.number, f.kind.Wire()), f.kind, n)
	}
}

func wmessageString(c library.Call) {
	w := pointer[*writing](c, 1)
	c.String(2)
	text := c.String(3)
	f := w.key(c, "wmessage_string")
	if f == nil || !w.text(f, text) {
		text, _, _ = strings.Cut(text, "\x00")
		c.Raise("Write string error : %s", text)
	}
}

// text writes a string, bytes, or the name of an enumeration's value. It is false for a name that isn't one.
func (w *writing) text(f *field, text string) bool {
	switch f.kind {
	case protobuf.Enum:
		if f.label == optional && text == f.value.text {
			return true
		}
		id, ok := int32(0), false
		if f.enum != nil {
			id, ok = f.enum.ids[text]
		}
		if !ok {
			if f.label == packed {
				w.env.fail("wmessage_string packed invalid enum")
			} else {
				w.env.fail("wmessage_string invalid enum")
			}
			return false
		}
		if f.label == packed {
			w.pack(f, scalar{bits: uint64(uint32(id))})
		} else {
			w.out = appendInteger(protobuf.AppendTag(w.out, f.number, protobuf.Varint), f.kind, uint64(uint32(id)))
		}
	case protobuf.String, protobuf.Bytes:
		absent := f.kind == protobuf.String && text == f.value.text || f.kind == protobuf.Bytes && text == ""
		if f.label != packed && !(f.label == optional && absent) {
			w.out = protobuf.AppendBytes(protobuf.AppendTag(w.out, f.number, protobuf.Length), text)
		}
	}
	return true
}

func wmessageMessage(c library.Call) {
	w := pointer[*writing](c, 1)
	f := w.key(c, "wmessage_message")
	if f == nil || f.message == nil {
		c.Return(library.Null)
		return
	}
	inner := newWriting(w.env, f.message)
	w.messages = append(w.messages, nested{f, inner})
	c.Return(library.LightOf(inner))
}

// size is about how many bytes the message has.
func (w *writing) size() int {
	n := len(w.out)
	for _, p := range w.packed {
		n += len(p.bytes) + 10
	}
	for _, inner := range w.messages {
		n += inner.w.size() + 10
	}
	return n
}

// bytes are those of the whole message. They aren't changed by what is written later.
func (w *writing) bytes() []byte {
	if len(w.packed) == 0 && len(w.messages) == 0 {
		return w.out[:len(w.out):len(w.out)]
	}
	return w.append(make([]byte, 0, w.size()))
}

func (w *writing) append(out []byte) []byte {
	out = append(out, w.out...)
	for _, p := range w.packed {
		out = protobuf.AppendTag(out, p.f.number, protobuf.Length)
		out = append(binary.AppendUvarint(out, uint64(len(p.bytes))), p.bytes...)
	}
	for _, n := range w.messages {
		var at int
		out, at = protobuf.Begin(protobuf.AppendTag(out, n.f.number, protobuf.Length))
		out = protobuf.End(n.w.append(out), at)
	}
	return out
}

func wmessageBuffer(c library.Call) {
	out := pointer[*writing](c, 1).bytes()
	c.Return(c.Message(string(out)), library.Int(int64(len(out))))
}

func wmessageBufferString(c library.Call) {
	c.Return(library.Bytes(pointer[*writing](c, 1).bytes()))
}
