package pb

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"devnode/runtime/internal/protobuf"
	"devnode/runtime/library"
)

// schema is a set of types. Once others have it, too, it isn't changed any more: who wants to makes a copy.
type schema struct {
	mu     sync.Mutex // held while it is changed, and while shared is
	shared atomic.Bool
	types  map[string]*typeInfo // by names with a dot before them
	order  []*typeInfo
}

func newSchema() *schema { return &schema{types: make(map[string]*typeInfo)} }

// weight is about how many bytes a schema takes.
func (s *schema) weight() int64 {
	n := 0
	for _, t := range s.order {
		n += 400 + 250*len(t.byName)
	}
	return int64(n)
}

// typeInfo is a message, the entries of a map, or an enumeration, whose values then are its fields.
type typeInfo struct {
	name, basename string
	position       int // among the schema's types, from 1
	byName         map[string]*fieldInfo
	byNumber       map[int32]*fieldInfo
	low            []*fieldInfo // the fields with small numbers, by these
	ordered        []*fieldInfo // those of byNumber, by their numbers
	oneofs         []string
	oneofFields    int
	fieldCount     int
	enum, isMap    bool
	proto3, dead   bool
}

// lowNumbers is how many field numbers are found in a list.
const lowNumbers = 256

// fieldInfo is a field of a message, or a value of an enumeration.
type fieldInfo struct {
	name             string
	key              library.Value // the name
	of               *typeInfo     // what kind of message or enumeration it holds, nil for other kinds
	def              protobuf.Name
	number           int32
	oneof            int32 // from 1, 0 for none
	kind             protobuf.Kind
	repeated, packed bool
	index            int // among the type's fields by their numbers
}

// find is a type that is there.
func (s *schema) find(name string) *typeInfo {
	if name != "" && name[0] != '.' {
		name = "." + name
	}
	if t := s.types[name]; t != nil && !t.dead {
		return t
	}
	return nil
}

// open is a type that is to be described, made if it isn't there yet.
func (s *schema) open(name string) *typeInfo {
	t := s.types[name]
	if t == nil {
		t = &typeInfo{name: name, basename: name[strings.LastIndexByte(name, '.')+1:]}
		t.clear()
		s.types[name] = t
		s.order = append(s.order, t)
		t.position = len(s.order)
	}
	t.dead = false
	return t
}

// clear takes all fields away.
func (t *typeInfo) clear() {
	t.byName, t.byNumber = make(map[string]*fieldInfo), make(map[int32]*fieldInfo)
	t.low, t.ordered, t.oneofs = nil, nil, nil
	t.oneofFields, t.fieldCount = 0, 0
}

// field is the field with a number.
func (t *typeInfo) field(number int32) *fieldInfo {
	if uint32(number) < lowNumbers {
		if int(number) < len(t.low) {
			return t.low[number]
		}
		return nil
	}
	return t.byNumber[number]
}

// oneof is the name of a choice.
func (t *typeInfo) oneof(f *fieldInfo) (name string, ok bool) {
	if i := int(f.oneof) - 1; i >= 0 && i < len(t.oneofs) {
		return t.oneofs[i], true
	}
	return "", false
}

// room is for how many fields the table of a message is made.
func (t *typeInfo) room() int { return max(t.fieldCount-t.oneofFields+2*len(t.oneofs), 0) }

// add is the field with a name and a number, made if there is none. Others with one of both aren't found by it any more.
func (t *typeInfo) add(name string, number int32) *fieldInfo {
	named, numbered := t.byName[name], t.byNumber[number]
	if named != nil && named == numbered {
		named.def = protobuf.Name{}
		return named
	}
	f := &fieldInfo{name: name, key: library.String(name), number: number}
	if named != nil && t.byNumber[named.number] != named {
		t.fieldCount--
	}
	if numbered != nil && t.byName[numbered.name] != numbered {
		t.fieldCount--
	}
	t.fieldCount++
	t.byName[name], t.byNumber[number] = f, f
	return f
}

// remove takes a field away.
func (t *typeInfo) remove(f *fieldInfo) {
	if f == nil {
		return
	}
	found := false
	if t.byName[f.name] == f {
		delete(t.byName, f.name)
		found = true
	}
	if t.byNumber[f.number] == f {
		delete(t.byNumber, f.number)
		found = true
	}
	if !found {
		return
	}
	if f.oneof != 0 {
		t.oneofFields--
	}
	t.fieldCount--
	t.index()
}

// index sets what is found by numbers, after a change.
func (t *typeInfo) index() {
	t.low, t.ordered = nil, nil
	for number, f := range t.byNumber {
		t.ordered = append(t.ordered, f)
		if uint32(number) < lowNumbers {
			if missing := int(number) + 1 - len(t.low); missing > 0 {
				t.low = append(t.low, make([]*fieldInfo, missing)...)
			}
			t.low[number] = f
		}
	}
	slices.SortFunc(t.ordered, func(a, b *fieldInfo) int { return int(int64(a.number) - int64(b.number)) })
	for i, f := range t.ordered {
		f.index = i + 1
	}
}

// copied is a schema of one's own with the same types.
func (s *schema) copied() *schema {
	out := newSchema()
	types := make(map[*typeInfo]*typeInfo, len(s.order))
	for _, t := range s.order {
		c := *t
		types[t] = &c
		out.types[c.name] = &c
		out.order = append(out.order, &c)
	}
	for _, t := range out.order {
		fields := make(map[*fieldInfo]*fieldInfo, len(t.byName))
		copyOf := func(f *fieldInfo) *fieldInfo {
			if fields[f] == nil {
				c := *f
				c.of = types[f.of]
				fields[f] = &c
			}
			return fields[f]
		}
		names, numbers := t.byName, t.byNumber
		t.clearMaps(len(names))
		for name, f := range names {
			t.byName[name] = copyOf(f)
		}
		for number, f := range numbers {
			t.byNumber[number] = copyOf(f)
		}
		t.index()
	}
	return out
}

func (t *typeInfo) clearMaps(n int) {
	t.byName, t.byNumber = make(map[string]*fieldInfo, n), make(map[int32]*fieldInfo, n)
}
