package pbc

import (
	"maps"
	"sync"
	"sync/atomic"

	"devnode/runtime/internal/protobuf"
	"devnode/runtime/library"
)

// env holds types. It is changed by register only, which puts new maps into the place of those that others read.
type env struct {
	mu        sync.Mutex // held while it is changed
	types     atomic.Pointer[types]
	lastError atomic.Pointer[string]
}

// types are all types by their names, and the files that they come from.
type types struct {
	messages map[string]*message
	enums    map[string]*enum
	files    map[string]bool // false for those of an env that this one was made of
}

// message is a type, whose fields change at once.
type message struct {
	name      string
	inherited atomic.Bool // described by a file of the old code's, so that a new one replaces it
	fields    atomic.Pointer[fields]
}

// fields are those of a message.
type fields struct {
	byName   map[string]*field
	byNumber map[int32]*field
}

// labels of fields, one less than in descriptions.
const (
	optional = iota
	required
	repeated
	packed
)

type field struct {
	name     string
	key      library.Value // the name
	typeKey  library.Value // the type's name
	class    int64         // what typeOf says, without typeRepeated
	number   int32
	kind     protobuf.Kind
	label    int32
	typeName string
	message  *message // what the type name means
	enum     *enum
	def      string // the default as it stands there
	value    scalar // the default
}

func (f *field) many() bool { return f.label == repeated || f.label == packed }

// scalar is a value that isn't a message.
type scalar struct {
	bits uint64 // of integers, and of an enumeration the number
	real float64
	text string // also of an enumeration the name
}

type enum struct {
	name  string
	ids   map[string]int32
	names map[int32]string
	first scalar
}

func newEnv() *env {
	e := &env{}
	e.types.Store(&types{messages: map[string]*message{}, enums: map[string]*enum{}, files: map[string]bool{}})
	e.builtin()
	return e
}

// fail notes what _last_error says.
func (e *env) fail(text string) { e.lastError.Store(&text) }

// successor is an env that begins with the same types, and gets others where a file is registered anew.
func (e *env) successor() *env {
	e.mu.Lock()
	defer e.mu.Unlock()
	old := e.types.Load()
	next := &types{messages: make(map[string]*message, len(old.messages)), enums: maps.Clone(old.enums), files: make(map[string]bool, len(old.files))}
	for name := range old.messages {
		next.messages[name] = &message{name: name}
		next.messages[name].inherited.Store(true)
	}
	for name, m := range old.messages {
		was := m.fields.Load()
		now := &fields{make(map[string]*field, len(was.byName)), make(map[int32]*field, len(was.byNumber))}
		for key, f := range was.byName {
			c := *f
			if f.message != nil {
				c.message = next.messages[f.message.name]
			}
			now.byName[key] = &c
		}
		for number, f := range was.byNumber {
			now.byNumber[number] = now.byName[f.name]
		}
		next.messages[name].fields.Store(now)
	}
	for name := range old.files {
		next.files[name] = false
	}
	out := &env{}
	out.types.Store(next)
	out.builtin()
	return out
}

// last is the env that a service's serving code has made last.
type last struct{ env *env }

var services = &library.ServiceState[*last]{New: func(library.Service) *last { return &last{} }}

// made is the env that a version of the code has made last.
type made struct {
	generation library.Generation
	env        *env
}

var generations = &library.GenerationState[*made]{
	New: func(g library.Generation) *made { return &made{generation: g} },
	Switched: func(m *made) {
		if m.env != nil {
			services.Of(m.generation.Service()).env = m.env
		}
	},
	Weight: func(m *made) int64 {
		if m.env == nil {
			return 0
		}
		return m.env.weight()
	},
}

func envNew(c library.Call) {
	g := c.Generation()
	serving, m := services.Of(g.Service()), generations.Of(g)
	e := (*env)(nil)
	switch {
	case !g.Preparing():
		e = newEnv()
		serving.env = e
	case m.env == nil && serving.env != nil:
		e = serving.env.successor()
	default:
		e = newEnv()
	}
	m.env = e
	c.Return(library.LightOf(e))
}

// weight is about how many bytes the types take.
func (e *env) weight() (n int64) {
	for _, m := range e.types.Load().messages {
		n += 300
		if f := m.fields.Load(); f != nil {
			n += 250 * int64(len(f.byName))
		}
	}
	return n
}

func (e *env) message(name string) *message { return e.types.Load().messages[name] }

func (m *message) named(name string) *field { return m.fields.Load().byName[name] }

// The kinds of values that protobuf.lua knows.
const (
	typeInt = 1 + iota
	typeReal
	typeBool
	typeEnum
	typeString
	typeMessage
	typeFixed64
	typeFixed32
	typeBytes
	typeInt64
	typeUint
	typeRepeated = 128
)

// typeOf is the number of a field's kind, and the name of its type if it has one.
func (f *field) typeOf() (n int64, name string) {
	switch f.kind {
	case protobuf.Double, protobuf.Float:
		n = typeReal
	case protobuf.Int64, protobuf.Sint64:
		n = typeInt64
	case protobuf.Int32, protobuf.Sint32:
		n = typeInt
	case protobuf.Uint32, protobuf.Uint64:
		n = typeUint
	case protobuf.Fixed32, protobuf.Sfixed32:
		n = typeFixed32
	case protobuf.Fixed64, protobuf.Sfixed64:
		n = typeFixed64
	case protobuf.Bool:
		n = typeBool
	case protobuf.String:
		n = typeString
	case protobuf.Bytes:
		n = typeBytes
	case protobuf.Enum:
		n, name = typeEnum, f.typeName
	case protobuf.Message:
		n, name = typeMessage, f.typeName
	default:
		return 0, ""
	}
	if f.many() {
		n |= typeRepeated
	}
	return n, name
}
