package bson

import (
	"encoding/binary"
	"math"
	"strconv"

	"devnode/runtime/library"
)

// maxDepth is how deep tables may be nested.
const maxDepth = 128

// pollEvery is after how many values encode and decode let the service be ended or interrupted.
const pollEvery = 4096

// encoder appends values.
type encoder struct {
	c     library.Call
	out   []byte
	count int
}

// begin leaves room for a length, and end fills it in.
func (e *encoder) begin() int {
	e.out = append(e.out, 0, 0, 0, 0)
	return len(e.out) - 4
}

func (e *encoder) end(at int) {
	e.out = append(e.out, 0)
	binary.LittleEndian.PutUint32(e.out[at:], uint32(len(e.out)-at))
}

// text appends a text with a zero behind it.
func (e *encoder) text(s string) {
	if !validUTF8(s) {
		e.c.Raise("Invalid utf8 string")
	}
	e.out = append(e.out, s...)
	e.out = append(e.out, 0)
}

func (e *encoder) key(kind byte, key string) {
	e.out = append(e.out, kind)
	e.text(key)
}

func (e *encoder) value(key string, v library.Value, depth int) {
	if e.count++; e.count%pollEvery == 0 {
		e.c.Poll()
	}
	if s, ok := v.Str(); ok {
		e.string(key, s)
		return
	}
	switch v.Type() {
	case "number":
		e.number(key, v)
	case "boolean":
		e.key(kindBoolean, key)
		e.out = append(e.out, map[bool]byte{true: 1}[v.Truth()])
	case "table":
		t, _ := v.Table()
		e.table(key, t, depth+1)
	case "userdata":
		d := documentOf(v)
		if d == nil {
			e.c.Raise("Invalid value type : userdata")
		}
		e.key(kindDocument, key)
		e.out = append(e.out, d.bytes...)
	case "nil":
		e.c.Raise("Bson array has a hole (nil), Use bson.null instead")
	default:
		e.c.Raise("Invalid value type : %s", v.Type())
	}
}

func (e *encoder) number(key string, v library.Value) {
	if !v.IsInteger() {
		f, _ := v.Float()
		e.key(kindDouble, key)
		e.out = binary.LittleEndian.AppendUint64(e.out, math.Float64bits(f))
		return
	}
	i, _ := v.Int()
	if i == int64(int32(i)) {
		e.key(kindInt32, key)
		e.out = binary.LittleEndian.AppendUint32(e.out, uint32(i))
		return
	}
	e.key(kindInt64, key)
	e.out = binary.LittleEndian.AppendUint64(e.out, uint64(i))
}

func (e *encoder) string(key, s string) {
	if len(s) > 1 && s[0] == 0 {
		e.special(key, s[1], s[2:])
		return
	}
	e.key(kindString, key)
	e.out = binary.LittleEndian.AppendUint32(e.out, uint32(len(s)+1))
	e.text(s)
}

// special appends a value that stands in a string.
func (e *encoder) special(key string, kind byte, v string) {
	e.key(kind, key)
	switch kind {
	case kindBinary:
		e.out = binary.LittleEndian.AppendUint32(e.out, uint32(len(v)-1))
		e.out = append(e.out, v...)
	case kindDate:
		e.out = binary.LittleEndian.AppendUint64(e.out, uint64(binary.LittleEndian.Uint32(e.sized(v, 4, "date")))*1000)
	case kindTimestamp:
		e.out = append(e.out, e.sized(v, 8, "timestamp")...)
	case kindInt64:
		e.out = append(e.out, e.sized(v, 8, "int64")...)
	case kindObjectID:
		if len(v) != 12 {
			e.c.Raise("Invalid object id %s", v)
		}
		e.out = append(e.out, v...)
	case kindCode, kindDBPointer, kindSymbol, kindScope:
		e.out = append(e.out, v...)
	case kindRegex:
		pattern, options := splitRegex(v)
		e.text(pattern)
		e.text(options)
	case kindMinKey, kindMaxKey, kindNull:
	default:
		e.c.Raise("Invalid subtype %d", kind)
	}
}

func (e *encoder) sized(v string, size int, what string) []byte {
	if len(v) != size {
		e.c.Raise("Invalid %s", what)
	}
	return []byte(v)
}

// splitRegex takes a pattern and its options apart, each with a zero behind it.
func splitRegex(v string) (pattern, options string) {
	if v == "" {
		return "", ""
	}
	v = v[:len(v)-1]
	for i := len(v) - 1; i >= 0; i-- {
		if v[i] == 0 {
			return v[:i], v[i+1:]
		}
	}
	return "", v
}

func (e *encoder) table(key string, t library.Table, depth int) {
	if depth > maxDepth {
		e.c.Raise("Too depth while encoding bson")
	}
	v := t.Value()
	if length := e.c.Metafield(v, "__len"); !length.IsNil() {
		n := append(e.c.Apply(length, v), library.Nil)[0]
		if !n.IsInteger() {
			e.c.Raise("__len should return integer")
		}
		i, _ := n.Int()
		e.key(kindArray, key)
		e.array(t, int(i), depth)
		return
	}
	if pairs := e.c.Metafield(v, "__pairs"); !pairs.IsNil() {
		e.key(kindDocument, key)
		e.pairs(v, pairs, depth)
		return
	}
	if isArray(t) {
		e.key(kindArray, key)
		e.array(t, t.Len(), depth)
		return
	}
	e.key(kindDocument, key)
	e.fields(t, depth)
}

// isArray tells whether a table is a list, by its first key.
func isArray(t library.Table) bool {
	first, _, ok := t.Next(library.Nil)
	if !ok || !first.IsInteger() {
		return false
	}
	i, _ := first.Int()
	return i == 1 || i > 1 && i <= int64(t.Len())
}

func (e *encoder) array(t library.Table, n, depth int) {
	at := e.begin()
	_, meta := t.Metatable()
	for i := range n {
		v := t.At(i + 1)
		if v.IsNil() && meta {
			v = e.c.Index(t.Value(), library.Int(int64(i+1)))
		}
		e.value(strconv.Itoa(i), v, depth)
	}
	e.end(at)
}

func (e *encoder) fields(t library.Table, depth int) {
	at := e.begin()
	for k, v := range t.All() {
		e.field(k, v, depth)
	}
	e.end(at)
}

func (e *encoder) pairs(v, pairs library.Value, depth int) {
	at := e.begin()
	loop := append(e.c.Apply(pairs, v), library.Nil, library.Nil, library.Nil)
	for k := loop[2]; ; {
		next := append(e.c.Apply(loop[0], loop[1], k), library.Nil, library.Nil)
		if k = next[0]; k.IsNil() {
			break
		}
		e.field(k, next[1], depth)
	}
	e.end(at)
}

func (e *encoder) field(k, v library.Value, depth int) {
	key, ok := k.Str()
	switch {
	case ok:
		e.value(key, v, depth)
	case k.Type() == "number":
		e.c.Raise("Bson dictionary's key can't be number")
	default:
		e.c.Raise("Invalid key type : %s", k.Type())
	}
}

// validUTF8 tells whether a text is UTF-8, in which C's library lets surrogates stand.
func validUTF8(s string) bool {
	for i := 0; i < len(s); {
		c := s[i]
		if c < 0x80 {
			i++
			continue
		}
		size, low := 0, rune(0)
		switch {
		case c < 0xc0:
			return false
		case c < 0xe0:
			size, low = 2, 0x7f
		case c < 0xf0:
			size, low = 3, 0x7ff
		case c < 0xf8:
			size, low = 4, 0xffff
		default:
			return false
		}
		if len(s)-i < size {
			return false
		}
		r := rune(c) & (0x7f >> size)
		for _, next := range []byte(s[i+1 : i+size]) {
			if next&0xc0 != 0x80 {
				return false
			}
			r = r<<6 | rune(next&0x3f)
		}
		if r <= low || r > 0x10ffff {
			return false
		}
		i += size
	}
	return true
}
