package sproto

import (
	"sort"
	"strings"
)

// description is what a text says: types and requests, whose names are whole. A text is a list of
//
//	.Type { field 0 : string  list 1 : *Type(field)  .Nested { … } }
//	request 1 { request Type  response { ok 0 : boolean } }
type description struct {
	types    map[string][]*fieldText
	requests map[string]*requestText
}

type fieldText struct {
	name    string
	tag     int
	array   bool
	of      string // the name of its type
	key     string
	keyed   bool // a key was given, an empty one for a map
	decimal int  // how many digits, 0 for none
}

type requestText struct {
	tag               int
	request, response string
	confirm           bool
}

// parse reads a text.
func parse(text, file string) (d *description, err error) {
	defer func() {
		if failed := recover(); failed != nil {
			fault, ok := failed.(parseError)
			if !ok {
				panic(failed)
			}
			err = fault
		}
	}()
	d = &description{types: map[string][]*fieldText{}, requests: map[string]*requestText{}}
	s := &scanner{text: text, file: file, line: 1}
	for s.blanks(); s.at < len(text); s.blanks() {
		if s.is('.') {
			d.typeDefinition(s, "")
		} else {
			d.requestDefinition(s)
		}
	}
	d.check()
	return d, nil
}

// typeDefinition reads a type behind its dot, inside of another or in none.
func (d *description) typeDefinition(s *scanner, in string) {
	name := in + s.word()
	if _, there := d.types[name]; there {
		failf("redefined %s", name)
	}
	s.blanks()
	d.structure(s, name)
}

// structure reads the fields of a type.
func (d *description) structure(s *scanner, name string) {
	s.want('{')
	d.types[name] = []*fieldText{}
	var fields []*fieldText
	names, tags := map[string]bool{}, map[int]bool{}
	for s.blanks(); !s.is('}'); s.blanks() {
		if s.is('.') {
			d.typeDefinition(s, name+".")
			continue
		}
		f := s.field()
		if names[f.name] {
			failf("redefine %s in type %s", f.name, name)
		}
		if tags[f.tag] {
			failf("redefine tag %d in type %s", f.tag, name)
		}
		names[f.name], tags[f.tag] = true, true
		fields = append(fields, f)
	}
	sort.Slice(fields, func(i, j int) bool { return fields[i].tag < fields[j].tag })
	d.types[name] = fields
}

func (s *scanner) field() *fieldText {
	f := &fieldText{name: s.word()}
	f.tag = s.tag()
	s.blanks()
	s.want(':')
	s.blanks()
	f.array = s.is('*')
	f.of = s.typeName()
	for first := true; s.is('('); first = false {
		s.blanks()
		digits := s.at < len(s.text) && '0' <= s.text[s.at] && s.text[s.at] <= '9'
		n, key := 0, ""
		if digits {
			n = s.number()
		} else {
			key = s.optionalWord()
		}
		s.blanks()
		s.want(')')
		switch {
		case !first:
		case f.of == "integer" && digits:
			f.decimal = n
		case f.of == "integer" && f.array || digits:
			s.wrong()
		case f.array:
			f.key, f.keyed = key, true
		}
	}
	return f
}

func (d *description) requestDefinition(s *scanner) {
	name := s.word()
	if d.requests[name] != nil {
		failf("redefined %s", name)
	}
	r := &requestText{tag: s.tag()}
	d.requests[name] = r
	s.blanks()
	s.want('{')
	seen := map[string]bool{}
	for s.blanks(); !s.is('}'); s.blanks() {
		part := s.word()
		if part != "request" && part != "response" {
			s.wrong()
		}
		if s.blanks(); seen[part] {
			failf("redefine %s in protocol %s", part, name)
		}
		of := name + "." + part
		if s.at < len(s.text) && s.text[s.at] == '{' {
			d.structure(s, of)
		} else {
			of = s.typeName()
		}
		switch {
		case of == "nil":
			r.confirm = r.confirm || part == "response"
			continue
		case part == "request":
			r.request = of
		default:
			r.response = of
		}
		seen[part] = true
	}
}

// check finds what refers to nothing, and makes the names of types whole.
func (d *description) check() {
	tags := map[int]bool{}
	for _, name := range sorted(d.requests) {
		r := d.requests[name]
		if tags[r.tag] {
			failf("redefined protocol tag %d at %s", r.tag, name)
		}
		tags[r.tag] = true
		for _, part := range [][2]string{{"request", r.request}, {"response", r.response}} {
			if _, there := d.types[part[1]]; part[1] != "" && !there {
				failf("Undefined %s type %s in protocol %s", part[0], part[1], name)
			}
		}
	}
	for _, name := range sorted(d.types) {
		for _, f := range d.types[name] {
			whole := d.find(name, f.of)
			if whole == "" {
				failf("Undefined type %s in type %s", f.of, name)
			}
			f.of = whole
		}
	}
}

// find is the whole name of a type that is named inside of another, empty for none.
func (d *description) find(in, name string) string {
	if _, builtin := builtins[name]; builtin {
		return name
	}
	for {
		if whole := in + "." + name; d.types[whole] != nil {
			return whole
		}
		dot := strings.LastIndexByte(in, '.')
		if dot < 0 {
			break
		}
		in = in[:dot]
	}
	if d.types[name] != nil {
		return name
	}
	return ""
}

func sorted[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
