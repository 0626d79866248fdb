package pb

import "devnode/runtime/internal/protobuf"

// loader adds what files describe to a schema.
type loader struct {
	s       *schema
	proto3  bool
	changed map[*typeInfo]bool
}

// load adds what a FileDescriptorSet describes. At is where that ends, or where it is wrong.
func (s *schema) load(data string) (at int, ok bool) {
	files, at, ok := protobuf.ReadSet(data)
	if !ok {
		return at, false
	}
	l := &loader{s: s, changed: make(map[*typeInfo]bool)}
	for i := range files {
		if ok = l.file(&files[i]); !ok {
			break
		}
	}
	for t := range l.changed {
		t.index()
	}
	return at, ok
}

func (l *loader) file(f *protobuf.FileInfo) bool {
	l.proto3 = f.Syntax.Text == "proto3"
	prefix := ""
	if f.Package.Set {
		if f.Package.Text == "" {
			return false
		}
		prefix = "." + f.Package.Text
	}
	return l.parts(prefix, f.Enums, f.Messages) && l.extensions(f.Extensions)
}

func (l *loader) parts(prefix string, enums []protobuf.EnumInfo, messages []protobuf.MessageInfo) bool {
	for i := range enums {
		if !l.enum(prefix, &enums[i]) {
			return false
		}
	}
	for i := range messages {
		if !l.message(prefix, &messages[i]) {
			return false
		}
	}
	return true
}

func (l *loader) open(name string) *typeInfo {
	t := l.s.open(name)
	l.changed[t] = true
	return t
}

func (l *loader) enum(prefix string, e *protobuf.EnumInfo) bool {
	if e.Name.Text == "" {
		return false
	}
	t := l.open(prefix + "." + e.Name.Text)
	t.enum = true
	for _, v := range e.Values {
		if !v.Name.Set {
			return false
		}
		t.add(v.Name.Text, v.Number).of = t
	}
	return true
}

func (l *loader) message(prefix string, m *protobuf.MessageInfo) bool {
	if m.Name.Text == "" {
		return false
	}
	t := l.open(prefix + "." + m.Name.Text)
	t.isMap, t.proto3 = m.Map, l.proto3
	for i, name := range m.Oneofs {
		if !name.Set {
			return false
		}
		if i < len(t.oneofs) {
			t.oneofs[i] = name.Text
		} else {
			t.oneofs = append(t.oneofs, name.Text)
		}
	}
	for i := range m.Fields {
		if !l.field(t, &m.Fields[i]) {
			return false
		}
	}
	return l.extensions(m.Extensions) && l.parts(t.name, m.Enums, m.Messages)
}

func (l *loader) extensions(list []protobuf.FieldInfo) bool {
	for i := range list {
		if !list[i].Extendee.Set || !l.field(l.open(list[i].Extendee.Text), &list[i]) {
			return false
		}
	}
	return true
}

func (l *loader) field(t *typeInfo, info *protobuf.FieldInfo) bool {
	var of *typeInfo
	if info.Kind == protobuf.Message || info.Kind == protobuf.Enum {
		if !info.TypeName.Set {
			return false
		}
		of = l.open(info.TypeName.Text)
	}
	if !info.Name.Set {
		return false
	}
	f := t.add(info.Name.Text, info.Number)
	f.def, f.of, f.kind = info.Default, of, info.Kind&31
	if f.oneof = info.Oneof; f.oneof != 0 {
		t.oneofFields++
	}
	f.repeated = info.Label == protobuf.Repeated
	f.packed = l.proto3 && f.repeated
	if info.Packed >= 0 {
		f.packed = info.Packed&1 != 0
	}
	if f.kind >= protobuf.String && f.kind <= protobuf.Bytes {
		f.packed = false
	}
	return true
}
