package bson

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"

	"devnode/runtime/library"
)

// reader takes values from bytes. What isn't there is an error in Lua.
type reader struct {
	c     library.Call
	b     []byte
	count *int
}

func (r *reader) take(n int) []byte {
	if n < 0 || len(r.b) < n {
		r.c.Raise("Invalid bson block (%d:%d)", len(r.b), n)
	}
	one := r.b[:n]
	r.b = r.b[n:]
	return one
}

func (r *reader) byte() byte   { return r.take(1)[0] }
func (r *reader) int32() int   { return int(int32(binary.LittleEndian.Uint32(r.take(4)))) }
func (r *reader) int64() int64 { return int64(binary.LittleEndian.Uint64(r.take(8))) }
func (r *reader) text() []byte {
	n := bytes.IndexByte(r.b, 0)
	if n < 0 {
		r.c.Raise("Invalid bson block : cstring")
	}
	return r.take(n + 1)[:n]
}

// document is a document or an array as a table.
func (r *reader) document(array bool, depth int) library.Value {
	if depth > 10_000 {
		r.c.Raise("Invalid bson block : too deep")
	}
	size := r.int32()
	in := reader{c: r.c, b: r.take(size - 5), count: r.count}
	if r.byte() != 0 {
		r.c.Raise("Invalid document end")
	}
	t := r.c.NewTable(0, 0)
	for len(in.b) > 0 {
		if *r.count++; *r.count%pollEvery == 0 {
			r.c.Poll()
		}
		kind := in.byte()
		name := in.text()
		v := in.value(kind, depth)
		if array {
			t.Set(library.Int(int64(arrayIndex(name))+1), v)
		} else {
			t.SetField(string(name), v)
		}
	}
	return t.Value()
}

// arrayIndex is the number at the beginning of a name.
func arrayIndex(name []byte) int {
	end := 0
	for end < len(name) && end < 10 && '0' <= name[end] && name[end] <= '9' {
		end++
	}
	n, _ := strconv.Atoi(string(name[:end]))
	return n
}

func (r *reader) value(kind byte, depth int) library.Value {
	switch kind {
	case kindDouble:
		return library.Float(math.Float64frombits(uint64(r.int64())))
	case kindBoolean:
		return library.Bool(r.byte() != 0)
	case kindInt32:
		return library.Int(int64(r.int32()))
	case kindInt64:
		return library.Int(r.int64())
	case kindString:
		n := r.int32()
		if n <= 0 {
			r.c.Raise("Invalid bson string , length = %d", n)
		}
		return library.String(string(r.take(n)[:n-1]))
	case kindDocument:
		return r.document(false, depth+1)
	case kindArray:
		return r.document(true, depth+1)
	}
	return library.String(r.special(kind))
}

// special is a value that stands in a string.
func (r *reader) special(kind byte) string {
	switch kind {
	case kindBinary:
		n := r.int32()
		return special(kind, r.take(n+1)...)
	case kindObjectID:
		return special(kind, r.take(12)...)
	case kindDate:
		return special(kind, binary.LittleEndian.AppendUint32(nil, uint32(r.int64()/1000))...)
	case kindMinKey, kindMaxKey, kindNull:
		return special(kind)
	case kindRegex:
		pattern := string(r.text())
		return special(kind) + pattern + "\x00" + string(r.text()) + "\x00"
	case kindTimestamp:
		return special(kind, r.take(8)...)
	case kindDBPointer:
		return special(kind, r.prefixed(12)...)
	case kindCode, kindSymbol:
		return special(kind, r.prefixed(0)...)
	case kindScope:
		return special(kind, r.prefixed(-4)...)
	}
	r.c.Raise("Invalid bson type : %d", kind)
	return ""
}

// prefixed are bytes with a length before them, and so many more.
func (r *reader) prefixed(more int) []byte {
	all := r.b
	n := r.int32()
	r.take(n + more)
	return all[:n+more+4]
}

// skip goes over a value, and returns its size where that is fixed.
func (r *reader) skip(kind byte) int {
	switch kind {
	case kindInt64, kindTimestamp, kindDate, kindDouble:
		return 8
	case kindBoolean:
		return 1
	case kindObjectID:
		return 12
	case kindInt32:
		return 4
	case kindCode, kindSymbol, kindString:
		r.prefixed(0)
	case kindScope, kindArray, kindDocument:
		r.prefixed(-4)
	case kindBinary:
		r.prefixed(1)
	case kindDBPointer:
		r.prefixed(12)
	case kindRegex:
		r.text()
		r.text()
	case kindMinKey, kindMaxKey, kindNull:
	default:
		r.c.Raise("Invalid bson type : %d", kind)
	}
	return 0
}
