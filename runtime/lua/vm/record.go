package vm

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Most tables of a program are records: a few entries by name. gopher-lua keeps
// such a table in two Go maps, of the values and of the places of the keys, which
// take five allocations. Here they are two: a Go map of up to eight entries is a
// header that points to one group of slots, and where header and group are is
// nothing to Go, as long as the collector sees them. A map that outgrows its
// group moves away, by Go's own doing, and leaves the group as it was; the one
// with the values therefore is an allocation of its own, which is free then.
// recordsKnown tells whether Go's maps are such (internal/runtime/maps); where
// they aren't, tables are made as usual.

// smallMap is how many entries a Go map has at the most that is one group of
// slots.
const smallMap = 8

// mapHeader is a Go map (maps.Map) on a machine of 64 bits.
type mapHeader struct {
	used   uint64
	seed   uintptr
	slots  unsafe.Pointer // a *slots while tables is 0
	tables int
	state  [8]uint8
	clears uint64
}

// slots are a group of a Go map. A slot is in use if the highest bit of its byte
// in control isn't set.
type slots[K, V any] struct {
	control [smallMap]uint8
	entries [smallMap]struct {
		key   K
		value V
	}
}

func (s *slots[K, V]) used(i int) bool { return s.control[i] < 0x80 }

type (
	nameSlots  = slots[string, lua.LValue]
	placeSlots = slots[lua.LValue, int]
)

// fields are the maps of a record, but for the values.
type fields struct {
	names, places mapHeader // strdict and k2i
	placeSlots    placeSlots
}

// record is a table with its maps.
type record struct {
	table
	fields
}

// An empty map of either kind, for the seed of its hashes and what else a header
// says; emptyControl are the bytes of a group that has no entries.
var (
	emptyNames, emptyPlaces = emptyHeader("x", lua.LValue(lua.LNil)), emptyHeader(lua.LValue(lua.LString("x")), 0)
	emptyControl            = [smallMap]uint8{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80}
)

func emptyHeader[K comparable, V any](k K, v V) mapHeader {
	m := map[K]V{k: v}
	delete(m, k)
	h := *headerOf(m)
	h.slots = nil // it may be on this goroutine's stack
	return h
}

func headerOf[K comparable, V any](m map[K]V) *mapHeader { return *(**mapHeader)(unsafe.Pointer(&m)) }

func mapOf[K comparable, V any](h *mapHeader) map[K]V { return *(*map[K]V)(unsafe.Pointer(&h)) }

// isSmall tells whether a map is a header and one group.
func (h *mapHeader) isSmall() bool { return h != nil && h.tables == 0 && h.slots != nil }

var recordsKnown = tableKnown && probeRecords()

// probeRecords holds a Go map against what it is taken for. It reads words only:
// nothing is used as what it might not be.
func probeRecords() bool {
	type word [2]uintptr
	if unsafe.Sizeof(word{}) != unsafe.Sizeof("") || unsafe.Sizeof(word{}) != 16 {
		return false
	}
	keys, value := []string{"one", "two"}, lua.LValue(lua.LTrue)
	m := make(map[string]lua.LValue)
	for _, k := range keys {
		m[k] = value
	}
	h := headerOf(m)
	if h.used != uint64(len(keys)) || !h.isSmall() || emptyNames.used != 0 || emptyNames.tables != 0 {
		return false
	}
	found := 0
	for group, i := (*slots[word, word])(h.slots), 0; i < smallMap; i++ {
		e := &group.entries[i]
		switch {
		case !group.used(i) && group.control[i] != emptyControl[i]:
			return false
		case !group.used(i):
		case found >= len(keys) || e.key != *(*word)(unsafe.Pointer(&keys[found])) || e.value != *(*word)(unsafe.Pointer(&value)):
			return false
		default:
			found++
		}
	}
	return found == len(keys) && recordsWork()
}

// recordsWork tries a record as a table.
func recordsWork() bool {
	t := newRecord(1)
	for n := 1; n <= 3*smallMap; n++ {
		t.RawSetString(string(rune('a'+n)), lua.LNumber(n))
		for i := 1; i <= n; i++ {
			if t.RawGetString(string(rune('a'+i))) != lua.LNumber(i) {
				return false
			}
		}
	}
	return true
}

// newRecord is an empty table with room for some entries by name, smallMap at the
// most.
func newRecord(room int) *lua.LTable {
	r := &record{}
	r.Metatable = lua.LNil
	r.fields.begin(&r.table, room)
	return (*lua.LTable)(unsafe.Pointer(r))
}

// usualRoom is for how many keys there is room at first in a table that gets one
// name after the other.
const usualRoom = 4

// makeRecord gives a table that has had no keys yet the maps of a record.
func (tb *table) makeRecord() { new(fields).begin(tb, usualRoom) }

// begin gives a table the maps without entries, and room for some keys.
func (f *fields) begin(tb *table, room int) {
	f.names, f.places = emptyNames, emptyPlaces
	f.placeSlots.control = emptyControl
	f.joinTo(tb, &nameSlots{control: emptyControl}, make([]lua.LValue, 0, room))
}

// joinTo gives a table the maps, and its keys.
func (f *fields) joinTo(tb *table, values *nameSlots, keys []lua.LValue) {
	f.names.slots, f.places.slots = unsafe.Pointer(values), unsafe.Pointer(&f.placeSlots)
	tb.strdict, tb.k2i, tb.keys = mapOf[string, lua.LValue](&f.names), mapOf[lua.LValue, int](&f.places), keys
}

// slot is where a map has the value of a name, nil if it hasn't, or isn't known to
// be small.
func slot(m map[string]lua.LValue, name string) *lua.LValue {
	h := headerOf(m)
	if !recordsKnown || !h.isSmall() {
		return nil
	}
	group := (*nameSlots)(h.slots)
	for i := range group.entries {
		if e := &group.entries[i]; e.key == name && group.used(i) {
			return &e.value
		}
	}
	return nil
}

// isRecord tells whether copyRecord can copy a table.
func (tb *table) isRecord() bool {
	return recordsKnown && len(tb.dict) == 0 && headerOf(tb.strdict).isSmall() && headerOf(tb.k2i).isSmall()
}

// copyRecord copies the entries of a record that have a name.
func (tb *table) copyRecord(refer func(lua.LValue) lua.LValue) *lua.LTable {
	r := &record{}
	r.Metatable = lua.LNil
	names, places := headerOf(tb.strdict), headerOf(tb.k2i)
	r.names, r.places = *names, *places
	r.placeSlots = *(*placeSlots)(places.slots)
	values := new(nameSlots)
	*values = *(*nameSlots)(names.slots)
	for i := range values.entries {
		if e := &values.entries[i]; values.used(i) && !isPlain(e.value) {
			e.value = refer(e.value)
		}
	}
	r.fields.joinTo(&r.table, values, tb.sharedKeys())
	return (*lua.LTable)(unsafe.Pointer(r))
}
