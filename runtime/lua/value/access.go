package value

import lua "github.com/yuin/gopher-lua"

// Metatable is a table's metatable, nil for none.
func (t *Table) Metatable() *Table { return t.meta }

// MetaIndex is the __index of a metatable, Go's nil for none.
func (t *Table) MetaIndex() lua.LValue {
	if s := t.shape; s != nil && s.index >= 0 && t.values[s.index] != nil {
		return t.values[s.index]
	}
	return t.Name("__index")
}

// Meta is a table's metatable, nil (Lua's) for none.
func Meta(t *Table) lua.LValue {
	if t.meta == nil {
		return lua.LNil
	}
	return t.meta
}

// SetMeta gives a table a metatable, or nil (Lua's) for none. Its __mode, at that
// time, says whether the table is weak.
func SetMeta(t *Table, mt lua.LValue) {
	if t.frozen {
		panic(&FrozenError{"can't setmetatable to shared table"})
	}
	if lt, ok := mt.(*lua.LTable); ok {
		mt = Foreign(lt)
	}
	t.meta, _ = mt.(*Table)
	if t.meta == nil {
		if t.extra != nil && t.extra.weak != nil {
			t.setMode("")
		}
		return
	}
	mode, _ := t.meta.Name("__mode").(lua.LString)
	if mode != "" || t.extra != nil && t.extra.weak != nil {
		t.setMode(string(mode))
	}
}

// ToTable is the table that a value is, be it Lua's or one that Go code has made by
// gopher-lua.
func ToTable(v lua.LValue) (*Table, bool) {
	switch t := v.(type) {
	case *Table:
		return t, true
	case *lua.LTable:
		return Foreign(t), true
	}
	return nil, false
}

// CheckTable is an argument of a Go function that has to be a table.
func CheckTable(L *lua.LState, n int) *Table {
	t, ok := ToTable(L.Get(n))
	if !ok {
		L.TypeError(n, lua.LTTable)
	}
	return t
}

// Globals is the table of globals of the machine that L belongs to.
func Globals(L *lua.LState) *Table { return Foreign(L.G.Global) }

// Registry is Lua's registry of the machine that L belongs to.
func Registry(L *lua.LState) *Table { return Foreign(L.G.Registry) }

// UserEnv is the environment of a userdata, Go's nil for none.
func UserEnv(u *lua.LUserData) *Table {
	if u.Env == nil {
		return nil
	}
	return Foreign(u.Env)
}

// SetUserEnv gives a userdata another environment.
func SetUserEnv(u *lua.LUserData, env *Table) { u.Env = env.Carrier() }

// UserMeta is the metatable of a userdata, nil for none.
func UserMeta(u *lua.LUserData) *Table {
	t, _ := ToTable(u.Metatable)
	return t
}

// Replace gives a table the contents and the metatable of another, which isn't
// used any more then.
func Replace(t, by *Table) {
	id, carrier := t.id, (*lua.LTable)(nil)
	if t.extra != nil {
		carrier = t.extra.carrier
	}
	*t = *by
	t.id = id
	if carrier != nil {
		t.extra = &extra{carrier: carrier}
	}
}

// Append puts a value behind the last of the array.
func (t *Table) Append(v lua.LValue) { t.setIndex(int64(t.Len()+1), v) }

// Insert puts a value before that of an index, and moves those from there on up.
func (t *Table) Insert(i int, v lua.LValue) {
	if t.frozen {
		t.refuse()
	}
	n := t.Len()
	t.setIndex(int64(n+1), lua.LTrue)
	if n < len(t.array) && i >= 1 {
		copy(t.array[i:n+1], t.array[i-1:n])
	} else {
		for ; n >= i; n-- {
			t.setIndex(int64(n+1), outside(t.Index(int64(n))))
		}
	}
	t.setIndex(int64(i), v)
}

// Remove takes the value of an index out, and moves those behind it down.
func (t *Table) Remove(i int) lua.LValue {
	if t.frozen {
		t.refuse()
	}
	n := t.Len()
	v := t.RawGetInt(i)
	if n <= len(t.array) && i >= 1 && i <= n {
		copy(t.array[i-1:n-1], t.array[i:n])
	} else {
		for ; i < n; i++ {
			t.setIndex(int64(i), t.RawGetInt(i+1))
		}
	}
	t.setIndex(int64(n), lua.LNil)
	return v
}

// Copy is a table with the same entries, without a metatable. What isn't a plain
// value (nil, a boolean, a number, a string) is replaced by what refer makes of it,
// keys as well as values.
func (t *Table) Copy(refer func(lua.LValue) lua.LValue) *Table {
	if !t.IsPlain() {
		c := &Table{}
		t.ForEach(func(k, v lua.LValue) { c.RawSet(referred(k, refer), referred(v, refer)) })
		return c
	}
	c := &Table{shape: t.shape, limit: t.limit, nodes: t.nodes, moved: t.moved}
	if len(t.array) > 0 {
		c.array = copyValues(t.array, refer)
	}
	if len(t.values) > 0 {
		c.values = copyValues(t.values, refer)
	}
	if t.hash != nil {
		c.copyHash(t.hash, refer)
	}
	return c
}

func copyValues(values []lua.LValue, refer func(lua.LValue) lua.LValue) []lua.LValue {
	c := make([]lua.LValue, len(values))
	copy(c, values)
	for i, v := range c {
		if v != nil && !IsData(v) {
			c[i] = inside(refer(v))
		}
	}
	return c
}

// copyHash copies a hash as it is, if all its keys are plain; with another key an
// entry has another place.
func (c *Table) copyHash(h *hash, refer func(lua.LValue) lua.LValue) {
	live, plain := 0, true
	for i := range h.entries {
		if e := &h.entries[i]; e.value != nil {
			live++
			plain = plain && IsData(e.key)
		}
	}
	if plain && live > len(h.entries)/2 {
		to := &hash{nodes: append([]node(nil), h.nodes...), entries: append([]entry(nil), h.entries...), free: h.free}
		for i := range to.entries {
			if e := &to.entries[i]; e.value != nil && !IsData(e.value) {
				to.put(i, inside(refer(e.value)))
			} else if e.value == nil && !IsData(e.key) {
				e.key = weakTable{}
			}
		}
		c.hash = to
		return
	}
	c.hash = newHash(max(live, 1))
	for i := range h.entries {
		if e := &h.entries[i]; e.value != nil {
			c.RawSet(referred(e.key, refer), referred(e.value, refer))
		}
	}
}

func referred(v lua.LValue, refer func(lua.LValue) lua.LValue) lua.LValue {
	if IsData(v) {
		return v
	}
	return refer(v)
}

// IsData tells whether a value is the same in every machine.
func IsData(v lua.LValue) bool {
	switch v.(type) {
	case lua.LNumber, lua.LString, lua.LBool, *lua.LNilType, Float, Int:
		return true
	}
	return false
}

// Size is about how many entries a table has, at once.
func (t *Table) Size() int {
	n := len(t.array) + len(t.values)
	if t.hash != nil {
		n += len(t.hash.entries)
	}
	if t.extra != nil && t.extra.weak != nil {
		n += len(t.extra.weak.hash.entries)
	}
	return n
}

// Bytes is what a table takes by itself, without its keys and values.
func (t *Table) Bytes() int64 {
	const table, word, perEntry, perNode = 96, 16, 32, 12
	n := table + word*int64(len(t.array)+cap(t.values))
	h := t.hash
	if t.extra != nil && t.extra.weak != nil {
		h = t.extra.weak.hash
	}
	if h != nil {
		n += perEntry*int64(cap(h.entries)) + perNode*int64(len(h.nodes))
	}
	return n
}

// OwnNames tells whether the names of a table are its own: those of a record are
// shared.
func (t *Table) OwnNames() bool { return t.shape == nil }

// HasHole tells whether one of the first n integers has no value.
func (t *Table) HasHole(n int64) bool {
	for _, v := range t.array[:min(n, int64(len(t.array)))] {
		if v == nil {
			return true
		}
	}
	for i := int64(len(t.array)) + 1; i <= n; i++ {
		if t.Index(i) == nil {
			return true
		}
	}
	return false
}

// SetList gives the integers behind an index the values, as a constructor does.
func (t *Table) SetList(index int, values []lua.LValue) {
	last := index + len(values)
	switch {
	case last <= len(t.array):
	case t.hash != nil: // which may have integers that belong into the array now
		t.resize(last, len(t.hash.nodes))
	default:
		if last > cap(t.array) {
			grown := make([]lua.LValue, last, max(last, min(2*cap(t.array), cap(t.array)+1<<16)))
			copy(grown, t.array)
			t.array = grown
		}
		t.array = t.array[:last]
		t.limit, t.moved = uint32(last), false
	}
	for i, v := range values {
		t.array[index+i] = inside(v)
	}
}

// Refers tells whether a table has a key or a value that is an object.
func (t *Table) Refers() bool {
	for _, v := range t.array {
		if Leads(v) {
			return true
		}
	}
	for _, v := range t.values {
		if Leads(v) {
			return true
		}
	}
	h := t.hash
	if t.extra != nil {
		if !t.IsPlain() {
			return true
		}
	}
	if h != nil {
		for i := range h.entries {
			if e := &h.entries[i]; e.value != nil && (Leads(e.key) || Leads(e.value)) {
				return true
			}
		}
	}
	return false
}
