package library

import (
	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// View shows a Frozen to one service, and another one after an update: its tables stay
// the same to Lua, and have other entries. They can't be written. A read of a table in
// which there are no tables costs what one of a table of the service's own does; where
// there are tables, that is so from the second read of an entry on. All methods are for
// the service's own worker.
type View struct {
	name   string
	gone   func(path string) string // the text of an error: what was at a path is no more
	shown  Frozen
	root   *value.Table
	tables value.Views
	count  int64 // of its tables
	// lost are the tables whose place an update has taken away, by the path of what they were
	// in, and the key: they are there again with their place.
	lost map[string]map[lua.LValue]*value.Table
}

// NewView makes a View of a Frozen. gone is the text of the error of a read of a table
// that an update has left without a place.
func NewView(name string, f Frozen, gone func(path string) string) *View {
	v := &View{name: name, gone: gone, shown: f, lost: map[string]map[lua.LValue]*value.Table{}}
	v.tables = value.NewViews(v)
	v.root = v.table(f.t)
	return v
}

// NameOf is the name of one of its tables.
func (v *View) NameOf(t *value.Table) string {
	path, _ := value.PathTo(v.root, t)
	return v.name + path
}

// Value is the table.
func (v *View) Value() Value { return Value{v.root} }

// Shown is the Frozen that it shows.
func (v *View) Shown() Frozen { return v.shown }

// Show has the view show another Frozen. Those of its tables that this has tables for,
// too, show these.
func (v *View) Show(f Frozen) {
	if f.t != v.shown.t {
		v.shown = f
		v.show(v.root, f.t, "")
	}
}

// Weight is about how many bytes the view takes by itself.
func (v *View) Weight() int64 { return v.count * viewBytes }

// viewBytes is a table of a view, and where another one has it.
const viewBytes = 160

// table makes a table that shows a frozen one.
func (v *View) table(of *value.Table) *value.Table {
	v.count++
	t := v.tables.New()
	v.fill(t, of, nil)
	return t
}

// smallTable bounds the tables of which all entries are made at once; of others that is so
// once one in partMade has been asked for.
const smallTable, partMade = 32, 4

// fill has a table show a frozen one. children are the tables that show those in it, as
// far as there are any.
func (v *View) fill(t, of *value.Table, children map[*value.Table]*value.Table) {
	switch {
	case !value.HasTables(of):
		v.tables.Show(t, of)
	case of.Size() <= smallTable:
		v.expand(t, of, children)
	default:
		v.tables.ShowFrom(t, &viewSource{v, of})
		of.ForEach(func(k, sub lua.LValue) {
			if sub, ok := sub.(*value.Table); ok && len(children) > 0 && children[sub] != nil {
				t.Cache(k, children[sub])
			}
		})
	}
}

// expand gives a table all entries of a frozen one.
func (v *View) expand(t, of *value.Table, children map[*value.Table]*value.Table) {
	v.tables.Expand(t, of, func(sub *value.Table) *value.Table {
		if child := children[sub]; child != nil {
			return child
		}
		return v.table(sub)
	})
}

// show has a table, that some code may hold, and those in it show others; is is what is in
// its place now.
func (v *View) show(t *value.Table, is lua.LValue, path string) {
	now, ok := is.(*value.Table)
	children := map[*value.Table]*value.Table{}
	var moved []func()
	move := func(k lua.LValue, child *value.Table) {
		var in lua.LValue = lua.LNil
		if ok {
			in = now.RawGet(k)
		}
		if sub, is := in.(*value.Table); is {
			children[sub] = child
		} else {
			v.lose(path, k, child)
		}
		moved = append(moved, func() { v.show(child, in, path+value.Step(k)) })
	}
	lost := v.lost[path]
	delete(v.lost, path)
	for k, child := range lost {
		move(k, child)
	}
	if _, gone := value.SourceOf(t).(*goneSource); !gone {
		t.Cached(func(k, c lua.LValue) {
			if child, ok := c.(*value.Table); ok && lost[k] == nil {
				move(k, child)
			}
		})
	}
	if ok {
		v.fill(t, now, children)
	} else {
		v.tables.ShowFrom(t, &goneSource{v, path})
	}
	for _, move := range moved {
		move()
	}
}

// lose remembers a table whose place is taken away.
func (v *View) lose(path string, key lua.LValue, t *value.Table) {
	if v.lost[path] == nil {
		v.lost[path] = map[lua.LValue]*value.Table{}
	}
	v.lost[path][key] = t
}

// viewSource gives a table of a view what is in a frozen one.
type viewSource struct {
	view *View
	of   *value.Table
}

// Get is an entry: of a table, one that shows it.
func (s *viewSource) Get(t *value.Table, key lua.LValue) lua.LValue {
	v := s.of.Get(key)
	if v == nil {
		return nil
	}
	if sub, ok := v.(*value.Table); ok {
		v = s.view.table(sub)
	}
	t.Cache(value.Key(key), v)
	if t.Size() > s.of.Size()/partMade {
		s.Complete(t)
	}
	return v
}

func (s *viewSource) Len() int { return s.of.Len() }

// Complete gives the table all entries, in their order.
func (s *viewSource) Complete(t *value.Table) {
	children := map[*value.Table]*value.Table{}
	t.Cached(func(k, c lua.LValue) {
		if child, ok := c.(*value.Table); ok {
			if sub, ok := s.of.Get(k).(*value.Table); ok {
				children[sub] = child
			}
		}
	})
	s.view.expand(t, s.of, children)
}

// goneSource is that of a table whose place an update has taken away.
type goneSource struct {
	view *View
	path string
}

func (s *goneSource) Get(*value.Table, lua.LValue) lua.LValue { s.fail(); return nil }
func (s *goneSource) Len() int                                { s.fail(); return 0 }
func (s *goneSource) Complete(*value.Table)                   { s.fail() }

func (s *goneSource) fail() { panic(&value.FrozenError{Text: s.view.gone(s.path)}) }
