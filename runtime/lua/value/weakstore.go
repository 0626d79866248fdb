package value

import (
	"strings"
	"weak"

	lua "github.com/yuin/gopher-lua"
)

// weakStore has the entries of a weak table, all in one hash: objects that are
// keys, or values, are weak values there. An entry of which one is gone is no
// entry any more, and leaves when there is no room for a new one.
//
// A table that is a weak key has its value itself, in extra, where that could lead
// back to it: so the two live, and go, together, as in C Lua. Other objects can't
// have one; their values are held by the entry.
type weakStore struct {
	keys, values bool
	hash         *hash
}

// heldByKey is the value of an entry whose key has the value.
type heldByKey struct{}

func (heldByKey) String() string       { return "nil" }
func (heldByKey) Type() lua.LValueType { return lua.LTNil }

// setMode makes a table weak, or not.
func (t *Table) setMode(mode string) {
	keys, values := strings.Contains(mode, "k"), strings.Contains(mode, "v")
	var old *weakStore
	if t.extra != nil {
		if t.extra.foreign != nil {
			return
		}
		old = t.extra.weak
	}
	if !keys && !values && old == nil || old != nil && old.keys == keys && old.values == values {
		return
	}
	var list []entry
	t.ForEach(func(k, v lua.LValue) { list = append(list, entry{k, v}) })
	t.array, t.shape, t.values, t.hash, t.nodes, t.limit, t.moved = nil, nil, nil, nil, 0, 0, false
	if t.more().weak = nil; keys || values {
		t.extra.weak = &weakStore{keys: keys, values: values, hash: newHash(max(len(list), 1))}
	}
	for _, e := range list {
		t.RawSet(e.key, e.value)
	}
}

// IsWeak tells whether a table holds on to its keys and values.
func (t *Table) IsWeak() (keys, values bool) {
	if t.extra == nil || t.extra.weak == nil {
		return false, false
	}
	return t.extra.weak.keys, t.extra.weak.values
}

// key is a key as the hash has it.
func (w *weakStore) key(key lua.LValue) lua.LValue {
	if w.keys {
		return weaken(key)
	}
	return key
}

func (w *weakStore) find(key lua.LValue) int { return w.hash.find(w.key(key)) }

func (w *weakStore) get(key lua.LValue) lua.LValue {
	e := w.find(key)
	if e < 0 {
		return nil
	}
	_, v := w.entry(e)
	return v
}

// entry is what an entry stands for; the value is Go's nil where it is gone.
func (w *weakStore) entry(e int) (key, v lua.LValue) {
	at := &w.hash.entries[e]
	if at.value == nil {
		return nil, nil
	}
	if key = strengthen(at.key); key == nil {
		return nil, nil
	}
	if _, held := at.value.(heldByKey); held {
		if t, ok := key.(*Table); ok && t.extra != nil {
			return key, t.extra.held[weak.Make(w)]
		}
		return nil, nil
	}
	return key, strengthen(at.value)
}

func (w *weakStore) set(key, v lua.LValue) {
	e := w.find(key)
	if e < 0 && v == nil {
		return
	}
	stored := w.stored(key, v)
	if e >= 0 {
		if v != nil {
			w.hash.back(e, w.key(key))
		}
		w.hash.put(e, stored)
		return
	}
	if !w.hash.insert(w.key(key), stored) {
		w.sweep()
		w.hash.insert(w.key(key), stored)
	}
}

// stored is a value as the hash has it. It gives it to the key where that is to
// hold it, or takes it back.
func (w *weakStore) stored(key, v lua.LValue) lua.LValue {
	if w.values {
		return weaken(v)
	}
	t, ok := key.(*Table)
	if !ok || t.frozen { // what a frozen table has beside its entries may be used by others
		return v
	}
	self := weak.Make(w)
	if !IsObject(v) {
		if t.extra != nil && t.extra.held != nil {
			delete(t.extra.held, self)
		}
		return v
	}
	held := t.more().held
	if held == nil {
		held = make(map[weak.Pointer[weakStore]]lua.LValue, 1)
		t.extra.held = held
	}
	if len(held) >= 8 && isPower(uint32(len(held))) {
		for store := range held {
			if store.Value() == nil {
				delete(held, store)
			}
		}
	}
	held[self] = v
	return heldByKey{}
}

// sweep makes room for more entries, without those that are gone.
func (w *weakStore) sweep() {
	live := 0
	for e := range w.hash.entries {
		if _, v := w.entry(e); v != nil {
			live++
		}
	}
	old := w.hash
	h := newHash(live + live/4 + 4)
	for e := range old.entries {
		if _, v := w.entry(e); v != nil {
			h.insert(old.entries[e].key, old.entries[e].value)
		}
	}
	w.hash = h
}

// len is a border, as C Lua finds it in a table without an array.
func (w *weakStore) len() int {
	if w.get(lua.LNumber(1)) == nil {
		return 0
	}
	i, j := int64(1), int64(2)
	for w.get(OfInt(j)) != nil {
		i, j = j, 2*j
	}
	for j-i > 1 {
		if m := (i + j) / 2; w.get(OfInt(m)) == nil {
			j = m
		} else {
			i = m
		}
	}
	return int(i)
}

// after is the entry behind the first i.
func (w *weakStore) after(i int) (key, v lua.LValue, next int) {
	for ; i < len(w.hash.entries); i++ {
		if k, v := w.entry(i); v != nil {
			return k, v, i + 1
		}
	}
	return nil, nil, i
}

func (w *weakStore) each(visit func(key, v lua.LValue)) {
	for k, v, i := w.after(0); v != nil; k, v, i = w.after(i) {
		visit(k, v)
	}
}

// Strong visits what a table holds on to: all its entries, but for what is weak.
func (t *Table) Strong(visit func(v lua.LValue)) {
	if t.extra == nil || t.extra.weak == nil {
		t.ForEach(func(k, v lua.LValue) { visit(k); visit(v) })
		return
	}
	w := t.extra.weak
	for e := range w.hash.entries {
		k, v := w.entry(e)
		if v == nil {
			continue
		}
		if !w.keys {
			visit(k)
		}
		if !w.values {
			visit(v)
		}
	}
}
