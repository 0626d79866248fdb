package bson

import (
	"encoding/binary"
	"encoding/hex"
	"hash/fnv"
	"os"
	"sync/atomic"
	"time"

	"devnode/runtime/library"
)

// counters are what object ids and timestamps of a node are made of.
type counters struct {
	machine    [5]byte
	objects    atomic.Uint32
	timestamps atomic.Uint32
}

var counting = &library.NodeState[*counters]{New: func(library.Node) *counters {
	n := &counters{}
	name, _ := os.Hostname() // ids differ by the process, too
	hash := fnv.New32a()
	hash.Write([]byte(name))
	binary.LittleEndian.PutUint32(n.machine[:], hash.Sum32())
	binary.LittleEndian.PutUint16(n.machine[3:], uint16(os.Getpid()))
	n.objects.Store(uint32(time.Now().UnixNano()))
	return n
}}

// objectID is bson.objectid(hex), or a new one.
func objectID(c library.Call) {
	if s, ok := c.Arg(1).Str(); ok {
		if len(s) != 24 {
			c.Raise("Invalid objectid %s", s)
		}
		var id [12]byte
		for i := range id {
			id[i] = byte(digit(s[2*i])<<4 | digit(s[2*i+1]))
		}
		c.Return(library.String(special(kindObjectID, id[:]...)))
		return
	}
	n := counting.Of(c.Node())
	id := binary.BigEndian.AppendUint32(nil, uint32(time.Now().Unix()))
	id = append(id, n.machine[:]...)
	count := n.objects.Add(1)
	c.Return(library.String(special(kindObjectID, append(id, byte(count>>16), byte(count>>8), byte(count))...)))
}

// digit is the value of one in hex, as C's library reads it: any letter has one.
func digit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'z':
		return int(c|0x20-'a') + 10
	}
	return 0
}

// date is bson.date(seconds).
func date(c library.Call) {
	c.Return(library.String(special(kindDate, binary.LittleEndian.AppendUint32(nil, uint32(c.Int(1)))...)))
}

// int64Value is bson.int64(n).
func int64Value(c library.Call) {
	c.Return(library.String(special(kindInt64, binary.LittleEndian.AppendUint64(nil, uint64(c.Int(1)))...)))
}

// timestamp is bson.timestamp(seconds, increment).
func timestamp(c library.Call) {
	seconds := uint32(c.Int(1))
	var increment uint32
	if c.Arg(2).IsNil() {
		increment = counting.Of(c.Node()).timestamps.Add(1) - 1
	} else {
		i, _ := c.Arg(2).Int()
		increment = uint32(i)
	}
	b := binary.LittleEndian.AppendUint32(nil, increment)
	c.Return(library.String(special(kindTimestamp, binary.LittleEndian.AppendUint32(b, seconds)...)))
}

// regex is bson.regex(pattern, options).
func regex(c library.Call) {
	c.Return(library.String(special(kindRegex) + c.String(1) + "\x00" + c.OptString(2, "") + "\x00"))
}

// binaryValue is bson.binary(bytes).
func binaryValue(c library.Call) {
	c.Return(library.String(special(kindBinary, 0) + c.OptString(1, "")))
}

// typeName is bson.type(value): the name of its type, and what it stands for.
func typeName(c library.Call) {
	v := c.Arg(1)
	if s, ok := v.Str(); ok && len(s) >= 2 && s[0] == 0 {
		specialType(c, s[1], s[2:])
		return
	}
	switch t := v.Type(); t {
	case "number", "boolean", "table", "string":
		c.Return(library.String(t), v)
	case "nil":
		if c.Args() == 0 {
			c.Raise("Invalid type no value")
		}
		c.Return(library.String(t))
	default:
		c.Raise("Invalid type %s", t)
	}
}

func specialType(c library.Call, kind byte, v string) {
	sized := func(size int, what string) []byte {
		if len(v) != size {
			c.Raise("Invalid %s", what)
		}
		return []byte(v)
	}
	give := func(name string, values ...library.Value) {
		c.Return(append([]library.Value{library.String(name)}, values...)...)
	}
	switch kind {
	case kindBinary:
		if v == "" {
			c.Raise("Invalid binary")
		}
		give("binary", library.String(v[1:]), library.Int(int64(v[0])))
	case kindObjectID:
		give("objectid", library.String(hex.EncodeToString(sized(12, "object id"))))
	case kindDate:
		give("date", library.Int(int64(int32(binary.LittleEndian.Uint32(sized(4, "date"))))))
	case kindTimestamp:
		b := sized(8, "timestamp")
		give("timestamp", library.Int(int64(binary.LittleEndian.Uint32(b[4:]))), library.Int(int64(binary.LittleEndian.Uint32(b))))
	case kindInt64:
		give("int64", library.Int(int64(binary.LittleEndian.Uint64(sized(8, "int64")))))
	case kindRegex:
		pattern, options := splitRegex(v)
		if len(v) < 2 {
			c.Raise("Invalid regex")
		}
		give("regex", library.String(pattern), library.String(options))
	case kindMinKey:
		give("minkey")
	case kindMaxKey:
		give("maxkey")
	case kindNull:
		give("nil")
	case kindCode, kindDBPointer, kindSymbol, kindScope:
		give("unsupported", library.String(v))
	default:
		c.Raise("Invalid subtype %d", kind)
	}
}
