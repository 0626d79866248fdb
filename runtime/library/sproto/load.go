package sproto

import (
	"math"

	"devnode/runtime/library"
)

// load makes a protocol of the bytes of a parser; nil where they are none.
func load(b []byte) *protocol {
	m, ok := split(b)
	if !ok || m.count > 2 || len(m.values) > 0 {
		return nil
	}
	types, ok := list(m.data[0])
	if !ok {
		return nil
	}
	requests, ok := list(m.data[1])
	if !ok {
		return nil
	}
	p := &protocol{byName: make(map[string]*structure, len(types))}
	p.light = library.LightOf(p)
	for range types {
		s := &structure{owner: p}
		s.light = library.LightOf(s)
		p.types = append(p.types, s)
	}
	for i, one := range types {
		if !p.loadType(p.types[i], one) {
			return nil
		}
		if name := p.types[i].name; p.byName[name] == nil {
			p.byName[name] = p.types[i]
		}
	}
	for _, one := range requests {
		r := p.loadRequest(one)
		if r == nil {
			return nil
		}
		p.requests = append(p.requests, r)
	}
	for _, s := range p.types {
		for _, f := range s.fields {
			if f.isMap && len(f.sub.fields) < 2 {
				return nil
			}
		}
	}
	return p
}

func (p *protocol) loadType(s *structure, b []byte) bool {
	m, ok := split(b)
	if !ok || m.count < 1 || m.count > 2 || len(m.data) != m.count {
		return false
	}
	s.name = string(m.data[0])
	fields, ok := list(m.data[1])
	if !ok {
		return false
	}
	last := -1
	for _, one := range fields {
		f, ok := p.loadField(one)
		if !ok || f.tag <= last {
			return false
		}
		last = f.tag
		s.fields = append(s.fields, f)
	}
	return true
}

// The tags of a field's own description.
const (
	fieldName = iota
	fieldBuiltin
	fieldType
	fieldTag
	fieldArray
	fieldKey
	fieldMap
)

func (p *protocol) loadField(b []byte) (f field, ok bool) {
	m, ok := split(b)
	name, named := m.data[fieldName]
	if !ok || !named || len(m.data) != 1 {
		return f, false
	}
	for tag := range m.values {
		if tag == fieldName || tag > fieldMap {
			return f, false
		}
	}
	builtin, isBuiltin := m.values[fieldBuiltin]
	of, typed := m.values[fieldType]
	tag, tagged := m.values[fieldTag]
	if !tagged || isBuiltin && builtin >= int(structKind) {
		return f, false
	}
	f = field{name: string(name), tag: tag, kind: kind(builtin), key: -1, array: m.values[fieldArray] != 0}
	switch {
	case isBuiltin && typed && f.kind == integerKind:
		f.factor = float64(int32(math.Pow10(min(of, 18))))
	case isBuiltin && typed && f.kind == stringKind:
		f.binary = of == 1
	case isBuiltin && !typed:
	case !isBuiltin && typed && of < len(p.types):
		f.kind, f.sub = structKind, p.types[of]
	default:
		return f, false
	}
	if key, ok := m.values[fieldKey]; ok {
		f.key = key
	}
	f.isMap = m.values[fieldMap] != 0
	return f, !f.isMap || f.sub != nil
}

func (p *protocol) loadRequest(b []byte) *request {
	m, ok := split(b)
	name, named := m.data[0]
	tag, tagged := m.values[1]
	if !ok || !named || !tagged || len(m.data) != 1 {
		return nil
	}
	r := &request{name: string(name), tag: tag, confirm: m.values[4] != 0}
	for tag, to := range map[int]**structure{2: &r.request, 3: &r.response} {
		if i, there := m.values[tag]; there {
			if i >= len(p.types) {
				return nil
			}
			*to = p.types[i]
		}
	}
	return r
}
