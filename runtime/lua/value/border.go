package value

import (
	"math"
	"math/bits"

	lua "github.com/yuin/gopher-lua"
)

// sized tells whether limit is the size of the array.
func (t *Table) sized() bool { return !t.moved || isPower(t.limit) }

func isPower(n uint32) bool { return n&(n-1) == 0 }

// Len is the border that C Lua's `#` finds: an integer that has a value while the
// next one has none, or 0.
func (t *Table) Len() int {
	if t.extra != nil {
		if n, ok := t.extra.len(); ok {
			return n
		}
	}
	limit := t.limit
	if limit > 0 && t.array[limit-1] == nil {
		return t.borderBelow(limit)
	}
	if !t.sized() {
		if t.array[limit] == nil {
			return int(limit)
		}
		limit = uint32(len(t.array))
		if t.array[limit-1] == nil {
			t.limit = t.search(t.limit, limit)
			return int(t.limit)
		}
	}
	if t.hash == nil || t.Index(int64(limit)+1) == nil {
		return int(limit)
	}
	return int(t.searchHash(uint64(limit)))
}

// borderBelow is Len where the array has no value at the limit.
func (t *Table) borderBelow(limit uint32) int {
	whole := t.moved || isPower(t.limit) // the size of the array is a power of two
	if limit >= 2 && t.array[limit-2] != nil {
		if whole && !isPower(limit-1) {
			t.limit, t.moved = limit-1, true
		}
		return int(limit - 1)
	}
	border := t.search(0, limit)
	if whole && int(border) > len(t.array)/2 {
		t.limit, t.moved = border, true
	}
	return int(border)
}

// search is a border between i, which has a value or is 0, and j, which has none.
func (t *Table) search(i, j uint32) uint32 {
	for j-i > 1 {
		m := i + (j-i)/2
		if t.array[m-1] == nil {
			j = m
		} else {
			i = m
		}
	}
	return i
}

// searchHash is a border behind j, whose successor has a value.
func (t *Table) searchHash(j uint64) uint64 {
	if j == 0 {
		j++
	}
	i := j
	for {
		i = j
		if j <= math.MaxInt64/2 {
			j *= 2
		} else {
			j = math.MaxInt64
			if t.Index(int64(j)) == nil {
				break
			}
			return j
		}
		if t.Index(int64(j)) == nil {
			break
		}
	}
	for j-i > 1 {
		m := i + (j-i)/2
		if t.Index(int64(m)) == nil {
			j = m
		} else {
			i = m
		}
	}
	return i
}

// maxArrayBits bounds an array part by 2 to the power of it.
const maxArrayBits = 31

// counts are how many integers there are as keys, from one power of two to the
// next: counts[i] are those above 1<<(i-1), up to 1<<i.
type counts [maxArrayBits + 1]int

func (c *counts) add(i int64) int {
	if i < 1 || i > 1<<maxArrayBits {
		return 0
	}
	c[bits.Len64(uint64(i-1))]++
	return 1
}

// array counts the values of the array part.
func (c *counts) array(array []lua.LValue) int {
	total := 0
	for slice, from, to := 0, 0, 1; from < len(array); slice, from, to = slice+1, to, 2*to {
		for _, v := range array[from:min(to, len(array))] {
			if v != nil {
				c[slice]++
				total++
			}
		}
	}
	return total
}

// best is the largest size of which more than half is in use, and how many keys
// of the total given an array of it has.
func (c *counts) best(total int) (size, used int) {
	sum := 0
	for i, power := 0, 1; i <= maxArrayBits && total > power/2; i, power = i+1, 2*power {
		if sum += c[i]; sum > power/2 {
			size, used = power, sum
		}
	}
	return size, used
}

// rehash makes room for a key.
func (t *Table) rehash(key lua.LValue) {
	var c counts
	t.limit, t.moved = uint32(len(t.array)), false
	integers := c.array(t.array)
	total := integers + 1
	if t.hash != nil {
		for i := range t.hash.entries {
			if e := &t.hash.entries[i]; e.value != nil {
				total++
				if i, ok := integer(e.key); ok {
					integers += c.add(i)
				}
			}
		}
	} else {
		for _, v := range t.values {
			if v != nil {
				total++
			}
		}
	}
	if i, ok := integer(key); ok {
		integers += c.add(i)
	}
	size, used := c.best(integers)
	t.resize(size, total-used)
}

// growth is the size that the array of a record gets by an integer that isn't in
// it, 0 where it is better found out by rehash: it is that of the next value of an
// array without holes.
func (t *Table) growth(i int64) int {
	n := len(t.array)
	if i != int64(n)+1 || n > 0 && (!isPower(uint32(n)) || t.array[n-1] == nil) {
		return 0
	}
	for _, v := range t.values {
		if v == nil {
			return 0
		}
	}
	if t.nodes > 0 && ceilLog(max(len(t.values), 1))+1 != t.nodes {
		return 0
	}
	for _, v := range t.array {
		if v == nil {
			return 0
		}
	}
	return max(1, 2*n)
}

// resize gives the parts other sizes: room for so many values of an array, and so
// many other keys.
func (t *Table) resize(size, fields int) {
	rest := t.array[min(size, len(t.array)):]
	moved := false
	for _, v := range rest {
		moved = moved || v != nil
	}
	old, oldSize := t.hash, len(t.array)
	if old == nil && !moved && t.fit(fields) {
		t.nodes = 0
		if fields > 0 {
			t.nodes = ceilLog(fields) + 1
		}
	} else {
		t.exchange(fields, size, rest)
	}
	if size != oldSize {
		t.resizeArray(size)
	}
	if old != nil {
		t.reinsert(old)
	}
}

// fit tells whether a record may stay one, with room for so many names.
func (t *Table) fit(fields int) bool {
	if t.extra != nil && t.extra.weak != nil {
		return false
	}
	for _, v := range t.values {
		if v == nil {
			return false
		}
	}
	return len(t.values) <= fields
}

// exchange gives the table a new hash, with the values that the array loses, and
// those of a record.
func (t *Table) exchange(fields, size int, rest []lua.LValue) {
	record := t.shape
	values := t.values
	t.shape, t.values, t.hash, t.nodes = nil, nil, nil, 0
	if fields > 0 {
		t.hash = newHash(fields)
	}
	for i, v := range rest {
		if v != nil {
			t.hash.insert(OfInt(int64(size+i+1)), v)
		}
	}
	for i, v := range values {
		if v != nil {
			t.hash.insert(record.names[i], v)
		}
	}
}

// resizeArray gives the array another size.
func (t *Table) resizeArray(size int) {
	if size <= len(t.array) {
		t.array = append([]lua.LValue(nil), t.array[:size]...)
	} else {
		grown := make([]lua.LValue, size)
		copy(grown, t.array)
		t.array = grown
	}
	t.limit, t.moved = uint32(size), false
}

// reinsert puts the entries of an old hash into the parts. The new entries are in
// the order of the old ones, and the nodes are filled in the order of the old
// nodes, as in C Lua.
func (t *Table) reinsert(old *hash) {
	place := make([]int32, len(old.entries))
	h := t.hash
	for i := range old.entries {
		e := &old.entries[i]
		if e.value == nil {
			place[i] = -1
			continue
		}
		if k, ok := integer(e.key); ok && uint64(k)-1 < uint64(len(t.array)) {
			t.array[k-1] = e.value
			place[i] = -1
			continue
		}
		if len(h.entries) == cap(h.entries) {
			h.growEntries()
		}
		h.entries = append(h.entries, *e)
		place[i] = int32(len(h.entries) - 1)
	}
	for i := range old.nodes {
		n := &old.nodes[i]
		if n.entry == 0 || place[n.entry-1] < 0 {
			continue
		}
		e := int(place[n.entry-1])
		h.insertAt(h.mainOf(h.entries[e].key, n.tag), n.tag, nil, nil, e)
	}
}
