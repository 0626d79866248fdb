package value

import (
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// A frozen table can't be written by Lua code: who tries gets a FrozenError. One that
// Freeze has made never changes at all, nor does anything that it leads to, so that all
// machines may read it at a time, and it costs them what a table of their own does. One
// that Show has made shows what is in such a table, and may be given another one to show;
// it belongs to one machine.

// Owner is whom frozen tables are of, as an error names them.
type Owner interface {
	// NameOf is the name of one of its tables.
	NameOf(t *Table) string
}

// Source has the entries of a frozen table that gets them as they are looked up.
type Source interface {
	// Get is the value of a key, which the table hasn't got yet; Go's nil for none. What
	// it gives to the table by Cache isn't asked for again.
	Get(t *Table, key lua.LValue) lua.LValue
	Len() int
	// Complete gives the table all entries that are left, by Cache.
	Complete(t *Table)
}

// FrozenError is the panic by which a write to a frozen table ends. It is a Lua error to
// the code that tried.
type FrozenError struct{ Text string }

func (e *FrozenError) Error() string { return e.Text }

// Frozen tells whether a table can't be written.
func (t *Table) Frozen() bool { return t.frozen }

// Refusal is the error of a write to a frozen table.
func (t *Table) Refusal() *FrozenError {
	text := "attempt to change a shared table"
	if t.extra != nil && t.extra.owner != nil {
		if name := t.extra.owner.NameOf(t); name != "" {
			text = fmt.Sprintf("%s: %s is read only", text, name)
		}
	}
	return &FrozenError{text}
}

func (t *Table) refuse() { panic(t.Refusal()) }

// OwnerOf is whose a frozen table is, nil where that is nobody.
func OwnerOf(t *Table) Owner {
	if !t.frozen || t.extra == nil {
		return nil
	}
	return t.extra.owner
}

// Freezer makes frozen tables of others.
type Freezer struct {
	Owner Owner
	// Convert is what is kept of a key or a value that is no table. It may raise an error.
	Convert func(key, v lua.LValue, isKey bool) lua.LValue
	// Enter is called for each table before its entries are looked at.
	Enter func(t *Table, depth int)
	// Tree has a table that is found in several places be one for each.
	Tree bool

	made  map[*Table]*Table
	extra *extra
}

// Freeze is a frozen table with the entries of t. The tables in it are frozen, too, each
// once, also where it is found in several places, or in itself.
func (f *Freezer) Freeze(t *Table) *Table { return f.freeze(t, 0) }

func (f *Freezer) freeze(t *Table, depth int) *Table {
	if t.frozen && t.IsPlain() && f.Owner == OwnerOf(t) {
		return t
	}
	if f.made == nil {
		f.made, f.extra = make(map[*Table]*Table), &extra{owner: f.Owner}
	}
	if made := f.made[t]; made != nil && !f.Tree {
		return made
	}
	f.Enter(t, depth)
	made := &Table{extra: f.extra}
	f.made[t] = made
	t.complete()
	size := min(t.Len(), len(t.array))
	if size > 0 {
		made.array = make([]lua.LValue, size)
		for i, v := range t.array[:size] {
			if v != nil {
				made.array[i] = f.value(OfInt(int64(i+1)), v, false, depth)
			}
		}
		made.limit = uint32(size)
	}
	var rest []entry
	add := func(k, v lua.LValue) {
		rest = append(rest, entry{f.value(k, k, true, depth), f.value(k, v, false, depth)})
	}
	for i := size; i < len(t.array); i++ {
		if v := t.array[i]; v != nil {
			add(OfInt(int64(i+1)), v)
		}
	}
	t.Fields(add)
	made.freezeFields(rest)
	made.frozen = true
	return made
}

func (f *Freezer) value(k, v lua.LValue, isKey bool, depth int) lua.LValue {
	if t, ok := v.(*Table); ok {
		return f.freeze(t, depth+1)
	}
	return f.Convert(k, v, isKey)
}

// freezeFields gives a new table the entries beside those of its array.
func (t *Table) freezeFields(rest []entry) {
	if len(rest) == 0 {
		return
	}
	if s := shapeOf(rest); s != nil {
		t.shape, t.values = s, make([]lua.LValue, len(rest))
		for i := range rest {
			t.values[i] = rest[i].value
		}
		return
	}
	t.hash = newHash(len(rest))
	for _, e := range rest {
		t.hash.insert(e.key, e.value)
	}
}

// shapeOf is the shape of entries whose keys are few names, nil for others.
func shapeOf(entries []entry) *shape {
	if len(entries) > maxNames {
		return nil
	}
	var s *shape
	for _, e := range entries {
		name, ok := e.key.(lua.LString)
		if !ok {
			return nil
		}
		if s = s.with(e.key, string(name)); s == nil {
			return nil
		}
	}
	return s
}

// Views makes frozen tables that show what is in others.
type Views struct{ plain *extra }

// NewViews makes Views of an owner.
func NewViews(owner Owner) Views { return Views{&extra{owner: owner, view: true}} }

// New makes a view that shows nothing yet.
func (v Views) New() *Table { return &Table{frozen: true, extra: v.plain} }

// Show has a view show what is in a table that Freeze has made, and in which there are no
// tables.
func (v Views) Show(t, of *Table) {
	t.array, t.limit, t.shape, t.values, t.hash = of.array, of.limit, of.shape, of.values, of.hash
	t.extra = v.plain
}

// ShowFrom has a view get its entries from a source.
func (v Views) ShowFrom(t *Table, source Source) {
	t.array, t.limit, t.shape, t.values, t.hash = nil, 0, nil, nil, nil
	t.extra = &extra{owner: v.plain.owner, view: true, source: source}
}

// Expand has a view show what is in a table that Freeze has made, with others in the place
// of the tables in it.
func (v Views) Expand(t, of *Table, refer func(*Table) *Table) {
	c := of.Copy(func(v lua.LValue) lua.LValue {
		if sub, ok := v.(*Table); ok {
			return refer(sub)
		}
		return v
	})
	v.Show(t, c)
}

// HasTables tells whether there are tables among the values of a table.
func HasTables(t *Table) bool {
	is := func(v lua.LValue) bool {
		_, ok := v.(*Table)
		return ok
	}
	if slices.ContainsFunc(t.values, is) || slices.ContainsFunc(t.array, is) {
		return true
	}
	return t.hash != nil && slices.ContainsFunc(t.hash.entries, func(e entry) bool { return is(e.value) })
}

// Snapshot is a table with the entries that a frozen table has now, and goes on to have
// where that is a view that gets others.
func (t *Table) Snapshot() *Table {
	if t.extra == nil || !t.extra.view {
		return t
	}
	t.complete()
	return &Table{array: t.array, limit: t.limit, shape: t.shape, values: t.values, hash: t.hash, extra: t.extra, frozen: true}
}

// SourceOf is where a view gets its entries from, nil for a table that has them.
func SourceOf(t *Table) Source {
	if t.extra == nil {
		return nil
	}
	return t.extra.source
}

// Cache gives a view an entry that its source has.
func (t *Table) Cache(key, v lua.LValue) {
	if t.hash == nil {
		t.hash = newHash(4)
	}
	if t.hash.insert(key, v) {
		return
	}
	old := t.hash
	t.hash = newHash(2 * len(old.nodes))
	for _, e := range old.entries {
		t.hash.insert(e.key, e.value)
	}
	t.hash.insert(key, v)
}

// Cached visits the entries that a view has so far: of one with a source, those that it has
// got from it.
func (t *Table) Cached(visit func(key, v lua.LValue)) {
	if SourceOf(t) == nil {
		t.ForEach(visit)
	} else if t.hash != nil {
		for _, e := range t.hash.entries {
			visit(e.key, e.value)
		}
	}
}

// PathTo is the way from a table to one inside of it, as code writes it: ".rows[3]". It
// is for errors: it looks everywhere.
func PathTo(root, t *Table) (path string, ok bool) {
	type place struct {
		of *Table
		up int
		by lua.LValue
	}
	seen := map[*Table]bool{root: true}
	places := []place{{of: root}}
	for at := 0; at < len(places); at++ {
		of := places[at].of
		if of == t {
			for ; at > 0; at = places[at].up {
				path = Step(places[at].by) + path
			}
			return path, true
		}
		of.Cached(func(k, v lua.LValue) {
			if sub, is := v.(*Table); is && !seen[sub] {
				seen[sub] = true
				places = append(places, place{sub, at, k})
			}
		})
	}
	return "", false
}

// Step is a key as it follows a table in code.
func Step(key lua.LValue) string {
	if name, ok := key.(lua.LString); ok {
		if isIdentifier(string(name)) {
			return "." + string(name)
		}
		return fmt.Sprintf("[%q]", string(name))
	}
	return "[" + String(key) + "]"
}

func isIdentifier(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) && (s[0] < '0' || s[0] > '9')
}
