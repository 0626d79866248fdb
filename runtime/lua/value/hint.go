package value

import lua "github.com/yuin/gopher-lua"

// A hint says where a name was found: in which shape and at which place, or in which
// entry of a hash. Whoever reads one name again and again keeps it, and gives it
// back: if it is right that saves the search, if it is wrong it does no harm. It is
// a word, so that code which several goroutines run can share it. 0 is no hint.
const (
	hintPlace = 5               // bits of the place in a shape, below the shape's number
	hintEntry = uint32(1) << 31 // set where it is an entry of a hash
)

// Hinted is the value of the name that a hint was given for, Go's nil where the hint
// doesn't tell.
func (t *Table) Hinted(hint uint32) lua.LValue {
	if s := t.shape; s != nil && s.id == hint>>hintPlace {
		return t.values[hint&(1<<hintPlace-1)]
	}
	return nil
}

// SetHinted gives the name that a hint was given for another value; it is false
// where the hint doesn't tell, or the name has no value.
func (t *Table) SetHinted(hint uint32, v lua.LValue) bool {
	if t.frozen {
		return false
	}
	if s := t.shape; s != nil && s.id == hint>>hintPlace {
		if at := &t.values[hint&(1<<hintPlace-1)]; *at != nil {
			*at = inside(v)
			return true
		}
	}
	return false
}

// NameHint is Name, by a hint. It gives the one for the next time, 0 for none.
func (t *Table) NameHint(name string, hint uint32) (v lua.LValue, next uint32) {
	switch {
	case t.shape != nil:
		if v := t.Hinted(hint); v != nil {
			return v, hint
		}
		if i := t.shape.find(name); i >= 0 && t.values[i] != nil {
			return t.values[i], t.shape.id<<hintPlace | uint32(i)
		}
	case t.hash != nil:
		h := t.hash
		if e := int(hint &^ hintEntry); hint&hintEntry != 0 && e < len(h.entries) && h.entries[e].value != nil {
			if s, ok := h.entries[e].key.(lua.LString); ok && string(s) == name {
				return h.entries[e].value, hint
			}
		}
		if e := h.findName(name, hashName(name)); e >= 0 && h.entries[e].value != nil {
			return h.entries[e].value, hintEntry | uint32(e)
		}
	}
	if t.extra != nil {
		return t.extra.name(t, name), 0
	}
	return nil, 0
}

// SetNameHint is SetName. It gives the hint for the next time, 0 for none.
func (t *Table) SetNameHint(name string, v lua.LValue) (ok bool, next uint32) {
	if t.frozen {
		return false, 0
	}
	if t.shape != nil {
		if i := t.shape.find(name); i >= 0 && t.values[i] != nil {
			t.values[i] = inside(v)
			return true, t.shape.id<<hintPlace | uint32(i)
		}
		return false, 0
	}
	return t.SetName(name, v), 0
}
