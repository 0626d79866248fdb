package value

import lua "github.com/yuin/gopher-lua"

// Position is where a traversal is behind a key: 0 at the beginning, for nil. It
// is -1 for a key that never was in the table. It is good until something is
// added.
func (t *Table) Position(key lua.LValue) int {
	switch k := key.(type) {
	case *lua.LNilType:
		t.complete()
		return 0
	case lua.LString:
		return t.positionOfName(string(k))
	}
	key = Canonical(key)
	if i, _, kind := Read(key); kind == Integer && uint64(i)-1 < uint64(len(t.array)) {
		return int(i)
	} else if kind == Real && Key(key) != key {
		return -1 // a float is no key, if it equals an integer
	}
	e := -1
	if t.extra != nil && t.extra.weak != nil {
		e = t.extra.weak.find(key)
	} else if t.hash != nil {
		e = t.hash.find(key)
	}
	if e < 0 {
		return -1
	}
	return len(t.array) + e + 1
}

func (t *Table) positionOfName(name string) int {
	e := -1
	switch {
	case t.extra != nil && t.extra.weak != nil:
		e = t.extra.weak.find(lua.LString(name))
	case t.shape != nil:
		e = t.shape.find(name)
	case t.hash != nil:
		e = t.hash.findName(name, hashName(name))
	}
	if e < 0 {
		return -1
	}
	return len(t.array) + e + 1
}

// After is the entry behind a position, and the position behind that. The key of
// an entry of the array is Go's nil: it is the position. The value is Go's nil at
// the end.
func (t *Table) After(position int) (key, v lua.LValue, next int) {
	for ; position < len(t.array); position++ {
		if v := t.array[position]; v != nil {
			return nil, v, position + 1
		}
	}
	i := position - len(t.array)
	switch {
	case t.extra != nil && t.extra.weak != nil:
		key, v, i = t.extra.weak.after(i)
		return key, v, i + len(t.array)
	case t.shape != nil:
		for ; i < len(t.values); i++ {
			if v := t.values[i]; v != nil {
				return t.shape.names[i], v, len(t.array) + i + 1
			}
		}
	case t.hash != nil:
		for entries := t.hash.entries; i < len(entries); i++ {
			if e := &entries[i]; e.value != nil {
				return e.key, e.value, len(t.array) + i + 1
			}
		}
	}
	return nil, nil, position
}

// NextEntry is the entry after a key, or the first one for nil; key and value are nil
// (Lua's) at the end. It is false for a key that never was in the table.
func (t *Table) NextEntry(key lua.LValue) (k, v lua.LValue, ok bool) {
	if t.extra != nil && t.extra.foreign != nil {
		k, v = t.extra.foreign.Next(toForeign(key))
		return outside(FromForeign(k)), outside(FromForeign(v)), true
	}
	at := t.Position(key)
	if at < 0 {
		return lua.LNil, lua.LNil, false
	}
	k, v, at = t.After(at)
	switch {
	case v == nil:
		return lua.LNil, lua.LNil, true
	case k == nil:
		k = OfInt(int64(at))
	}
	return k, v, true
}

// Next is NextEntry for a key that is in the table.
func (t *Table) Next(key lua.LValue) (k, v lua.LValue) {
	k, v, _ = t.NextEntry(key)
	return k, v
}
