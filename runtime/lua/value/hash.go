package value

import (
	"hash/maphash"
	"math"
	"math/bits"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"
)

// hash is the part of a table for keys of all kinds. Its nodes are C Lua's: a
// chained scatter table with Brent's variation, in which a key that collides with
// one that isn't in its main position takes that position. But they hold only the
// number of an entry: the entries are in the order in which they came.
type hash struct {
	nodes   []node // as many as a power of two
	entries []entry
	free    int // no node from here on is free
}

type node struct {
	tag   uint32 // the hash of its key
	entry int32  // 1 and its number, 0 for a node that was never used
	next  int32  // by how many nodes further its chain goes on, 0 at the end
}

// An entry without a value keeps its key, for a traversal to go on from there; an object
// is referred to weakly then.
type entry struct{ key, value lua.LValue }

func newHash(room int) *hash {
	n := 1 << ceilLog(room)
	return &hash{nodes: make([]node, n), entries: make([]entry, 0, room), free: n}
}

func ceilLog(n int) uint8 { return uint8(bits.Len(uint(n - 1))) }

var hashSeed = maphash.MakeSeed()

func hashName(name string) uint32 { return uint32(maphash.String(hashSeed, name)) }

// hashOf is the hash of a key that is no integer.
func hashOf(key lua.LValue) uint32 {
	switch k := key.(type) {
	case lua.LString:
		return hashName(string(k))
	case lua.LBool:
		if k {
			return 1
		}
		return 2
	case lua.LNumber:
		return uint32(maphash.Comparable(hashSeed, float64(k)))
	case *Table:
		return k.identity() * 0x9E3779B1 >> 3
	case weakTable:
		return k.id * 0x9E3779B1 >> 3
	case *lua.LFunction, *lua.LUserData, *lua.LState:
		return hashOf(weaken(key))
	case weakFunction:
		return uint32(maphash.Comparable(hashSeed, k))
	case weakUserData:
		return uint32(maphash.Comparable(hashSeed, k))
	case weakThread:
		return uint32(maphash.Comparable(hashSeed, k))
	}
	return uint32(maphash.Comparable(hashSeed, key))
}

// lastIdentity is the last number that a table was given.
var lastIdentity atomic.Uint32

// identity is a number for a table that is a key.
func (t *Table) identity() uint32 {
	if id := atomic.LoadUint32(&t.id); id != 0 {
		return id
	}
	id := lastIdentity.Add(1)
	for id == 0 {
		id = lastIdentity.Add(1)
	}
	if !atomic.CompareAndSwapUint32(&t.id, 0, id) {
		return atomic.LoadUint32(&t.id)
	}
	return id
}

// main is the main position of a key: of an integer that given, of all others
// that of the tag.
func (h *hash) mainOf(key lua.LValue, tag uint32) int {
	if i, ok := integer(key); ok {
		return h.mainIndex(i)
	}
	return int(tag) & (len(h.nodes) - 1)
}

func (h *hash) mainIndex(i int64) int {
	mod := uint64(len(h.nodes)-1) | 1
	if uint64(i) <= math.MaxInt32 {
		return int(uint32(i) % uint32(mod))
	}
	return int(uint64(i) % mod)
}

// find is the number of a key's entry, which may be without a value, or -1.
func (h *hash) find(key lua.LValue) int {
	if i, ok := integer(key); ok {
		return h.findIndex(i)
	}
	tag := hashOf(key)
	for at := int(tag) & (len(h.nodes) - 1); ; {
		n := &h.nodes[at]
		if n.tag == tag && n.entry != 0 && sameKey(h.entries[n.entry-1].key, key) {
			return int(n.entry) - 1
		}
		if n.next == 0 {
			return -1
		}
		at += int(n.next)
	}
}

func (h *hash) findName(name string, tag uint32) int {
	for at := int(tag) & (len(h.nodes) - 1); ; {
		n := &h.nodes[at]
		if n.tag == tag && n.entry != 0 {
			if s, ok := h.entries[n.entry-1].key.(lua.LString); ok && string(s) == name {
				return int(n.entry) - 1
			}
		}
		if n.next == 0 {
			return -1
		}
		at += int(n.next)
	}
}

func (h *hash) findIndex(i int64) int {
	for at := h.mainIndex(i); ; {
		n := &h.nodes[at]
		if n.tag == uint32(i) && n.entry != 0 {
			switch k := h.entries[n.entry-1].key.(type) {
			case lua.LNumber:
				if float64(k) == float64(i) && int64(k) == i {
					return int(n.entry) - 1
				}
			case Int:
				if int64(k) == i {
					return int(n.entry) - 1
				}
			}
		}
		if n.next == 0 {
			return -1
		}
		at += int(n.next)
	}
}

func sameKey(has, key lua.LValue) bool {
	if has == key {
		return true
	}
	switch has.(type) {
	case weakTable, weakFunction, weakUserData, weakThread:
		return has == weaken(key)
	}
	return false
}

// put gives an entry a value, or takes it away. An entry that comes back must
// have its key again.
func (h *hash) put(e int, v lua.LValue) {
	at := &h.entries[e]
	at.value = v
	if v == nil {
		at.key = weaken(at.key)
	}
}

// back gives an entry that was removed its key again.
func (h *hash) back(e int, key lua.LValue) {
	if at := &h.entries[e]; at.value == nil {
		at.key = key
	}
}

// insert adds a key that the hash hasn't, and is false where it has no room.
func (h *hash) insert(key, v lua.LValue) bool {
	if h == nil {
		return false
	}
	var tag uint32
	var at int
	if i, ok := integer(key); ok {
		tag, at = uint32(i), h.mainIndex(i)
	} else {
		tag = hashOf(key)
		at = int(tag) & (len(h.nodes) - 1)
	}
	return h.insertAt(at, tag, key, v, -1)
}

// insertAt is insert for a main position and a tag that are known. The entry is a
// new one if it is -1.
func (h *hash) insertAt(at int, tag uint32, key, v lua.LValue, e int) bool {
	mp := &h.nodes[at]
	if mp.entry != 0 && h.entries[mp.entry-1].value != nil {
		f := h.freePlace()
		if f < 0 {
			return false
		}
		other := h.mainOf(h.entries[mp.entry-1].key, mp.tag)
		if other != at {
			for other+int(h.nodes[other].next) != at {
				other += int(h.nodes[other].next)
			}
			h.nodes[other].next = int32(f - other)
			h.nodes[f] = *mp
			if mp.next != 0 {
				h.nodes[f].next += int32(at - f)
				mp.next = 0
			}
			mp.entry = 0
		} else {
			if mp.next != 0 {
				h.nodes[f].next = int32(at + int(mp.next) - f)
			}
			mp.next = int32(f - at)
			mp = &h.nodes[f]
		}
	}
	mp.tag = tag
	switch {
	case e >= 0:
		mp.entry = int32(e + 1)
	case mp.entry != 0: // that of a key which is gone
		h.entries[mp.entry-1] = entry{key, v}
	default:
		if len(h.entries) == cap(h.entries) {
			h.growEntries()
		}
		h.entries = append(h.entries, entry{key, v})
		mp.entry = int32(len(h.entries))
	}
	return true
}

func (h *hash) growEntries() {
	room := min(max(4, 2*cap(h.entries)), len(h.nodes))
	room = max(room, len(h.entries)+1)
	grown := make([]entry, len(h.entries), room)
	copy(grown, h.entries)
	h.entries = grown
}

// freePlace is a node that was never used, or -1.
func (h *hash) freePlace() int {
	for h.free > 0 {
		h.free--
		if h.nodes[h.free].entry == 0 {
			return h.free
		}
	}
	return -1
}
