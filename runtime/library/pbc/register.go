package pbc

import (
	"maps"
	"math"
	"strconv"
	"strings"

	"devnode/runtime/internal/protobuf"
	"devnode/runtime/library"
)

// register adds the types of a FileDescriptorSet. Files come after those that they depend on; one that is there already is left out.
func (e *env) register(data string) bool {
	for s := (cursor{protobuf.NewReader(data)}); s.r.Len() > 0; {
		if _, ok := s.next(); !ok {
			e.fail("register open google.protobuf.FileDescriptorSet fail")
			return false
		}
	}
	files, _, ok := protobuf.ReadSet(data)
	if !ok || len(files) == 0 {
		e.fail("register empty")
		return false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	waiting := make([]*protobuf.FileInfo, len(files))
	for i := range files {
		waiting[i] = &files[i]
	}
	for len(waiting) > 0 {
		left := e.ready(waiting)
		if len(left) == len(waiting) {
			e.fail("register dependency error")
			return false
		}
		waiting = left
	}
	return true
}

// ready registers those files whose dependencies are there, and returns the others.
func (e *env) ready(list []*protobuf.FileInfo) (left []*protobuf.FileInfo) {
	for _, f := range list {
		known := e.types.Load().files
		if known[f.Name.Text] {
			continue
		}
		missing := false
		for _, name := range f.Dependencies {
			if _, there := known[name]; !there {
				missing = true
			}
		}
		if missing {
			left = append(left, f)
			continue
		}
		r := newRegistrar(e)
		r.file(f)
		r.done()
	}
	return left
}

// registrar adds the types of one file.
type registrar struct {
	e       *env
	types   *types
	changed map[*message]*fields
	resolve []*field
}

func newRegistrar(e *env) *registrar {
	old := e.types.Load()
	now := &types{maps.Clone(old.messages), maps.Clone(old.enums), maps.Clone(old.files)}
	return &registrar{e: e, types: now, changed: make(map[*message]*fields)}
}

func (r *registrar) file(f *protobuf.FileInfo) {
	replaces := false
	if _, there := r.types.files[f.Name.Text]; there {
		replaces = true
	}
	r.types.files[f.Name.Text] = true
	r.parts(f.Package.Text, f.Enums, f.Messages, replaces)
	r.extensions(f.Package.Text, f.Extensions)
}

func (r *registrar) parts(prefix string, enums []protobuf.EnumInfo, messages []protobuf.MessageInfo, replaces bool) {
	for i := range enums {
		r.enum(prefix, &enums[i], replaces)
	}
	for i := range messages {
		m := &messages[i]
		name := joined(prefix, m.Name.Text)
		of := r.open(name)
		for j := range m.Fields {
			r.field(of, m.Fields[j].Name.Text, &m.Fields[j])
		}
		r.extensions(name, m.Extensions)
		r.parts(name, m.Enums, m.Messages, replaces)
	}
}

func joined(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + "." + name
}

func (r *registrar) enum(prefix string, info *protobuf.EnumInfo, replaces bool) {
	name := joined(prefix, info.Name.Text)
	if r.types.enums[name] != nil && !replaces {
		return
	}
	e := &enum{name: name, ids: map[string]int32{}, names: map[int32]string{}}
	for i, v := range info.Values {
		if i == 0 {
			e.first = scalar{bits: uint64(uint32(v.Number)), text: v.Name.Text}
		}
		e.ids[v.Name.Text] = v.Number
		e.names[v.Number] = v.Name.Text
	}
	r.types.enums[name] = e
}

// open is a message that is described; what the old code's file said of it is gone.
func (r *registrar) open(name string) *message {
	m := r.types.messages[name]
	if m == nil {
		m = &message{name: name}
		m.fields.Store(&fields{})
		r.types.messages[name] = m
	}
	if r.changed[m] == nil {
		now := &fields{map[string]*field{}, map[int32]*field{}}
		if was := m.fields.Load(); !m.inherited.Swap(false) {
			maps.Copy(now.byName, was.byName)
			maps.Copy(now.byNumber, was.byNumber)
		}
		r.changed[m] = now
	}
	return m
}

func (r *registrar) extensions(prefix string, list []protobuf.FieldInfo) {
	for i := range list {
		if to := withoutDot(list[i].Extendee.Text); to != "" {
			r.field(r.extended(to), joined(prefix, list[i].Name.Text), &list[i])
		}
	}
}

// extended is a message that gets more fields.
func (r *registrar) extended(name string) *message {
	if m := r.types.messages[name]; m != nil && r.changed[m] == nil {
		was := m.inherited.Load()
		m.inherited.Store(false)
		r.open(name)
		m.inherited.Store(was)
		return m
	}
	return r.open(name)
}

func withoutDot(name string) string {
	if name == "" {
		return ""
	}
	return name[1:]
}

func (r *registrar) field(m *message, name string, info *protobuf.FieldInfo) {
	f := &field{name: name, number: info.Number, kind: info.Kind, label: info.Label - 1, typeName: withoutDot(info.TypeName.Text), def: info.Default.Text}
	if info.Packed > 0 {
		f.label = packed
	}
	f.value = defaultOf(f.kind, f.def)
	f.key, f.typeKey = library.String(name), library.String(f.typeName)
	f.class, _ = f.typeOf()
	f.class &^= typeRepeated
	now := r.changed[m]
	if old := now.byName[name]; old != nil && now.byNumber[old.number] == old {
		delete(now.byNumber, old.number)
	}
	now.byName[name], now.byNumber[f.number] = f, f
	if f.kind == protobuf.Message || f.kind == protobuf.Enum {
		r.resolve = append(r.resolve, f)
	}
}

// done has the types be seen.
func (r *registrar) done() {
	for _, f := range r.resolve {
		if f.kind == protobuf.Message {
			f.message = r.types.messages[f.typeName]
			continue
		}
		if f.enum = r.types.enums[f.typeName]; f.enum == nil {
			continue
		}
		f.value = f.enum.first
		if id, ok := f.enum.ids[f.def]; ok {
			f.value = scalar{bits: uint64(uint32(id)), text: f.def}
		}
	}
	for m, now := range r.changed {
		m.fields.Store(now)
	}
	r.e.types.Store(r.types)
}

// defaultOf is what a field is that isn't there.
func defaultOf(k protobuf.Kind, text string) scalar {
	switch k {
	case protobuf.Double, protobuf.Float:
		f, _ := strconv.ParseFloat(text, 64)
		return scalar{real: f, bits: math.Float64bits(f)}
	case protobuf.String, protobuf.Bytes:
		return scalar{text: text}
	case protobuf.Bool:
		if text == "true" {
			return scalar{bits: 1}
		}
		return scalar{}
	}
	if strings.HasPrefix(text, "-") {
		n, _ := strconv.ParseInt(text, 10, 64)
		return scalar{bits: uint64(n)}
	}
	n, _ := strconv.ParseUint(text, 10, 64)
	return scalar{bits: n}
}
