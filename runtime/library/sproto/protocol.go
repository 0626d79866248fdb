package sproto

import (
	"encoding/binary"
	"sync/atomic"

	"devnode/runtime/library"
)

// protocol is a set of types and of requests.
type protocol struct {
	light    library.Value // by which scripts know it
	types    []*structure
	byName   map[string]*structure
	requests []*request
	next     atomic.Pointer[protocol] // that which has taken its place
}

// structure is a type with fields, which are in the order of their tags.
type structure struct {
	light  library.Value
	owner  *protocol
	name   string
	fields []field
}

type field struct {
	name   string
	tag    int
	kind   kind
	array  bool
	sub    *structure // of a structKind
	key    int        // of an array: the tag of the field by which it is indexed, -1 for none
	isMap  bool       // it is a table of the key field to the other one
	factor float64    // of a decimal: by what it is multiplied, 0 for an integer
	binary bool
}

type kind int

const (
	integerKind kind = iota
	booleanKind
	stringKind
	doubleKind
	structKind
)

// request is a request with its answer.
type request struct {
	name              string
	tag               int
	request, response *structure
	confirm           bool // the answer is nil
}

// current is the protocol that is used in the place of one.
func (p *protocol) current() *protocol {
	for {
		next := p.next.Load()
		if next == nil {
			return p
		}
		p = next
	}
}

// current is the type that is used in the place of one: that of its name in the current protocol.
func (s *structure) current() *structure {
	if s.owner.next.Load() == nil {
		return s
	}
	if is := s.owner.current().byName[s.name]; is != nil {
		return is
	}
	return s
}

// find is the field of a tag, nil for none.
func (s *structure) find(tag int) *field {
	if n := len(s.fields); n > 0 {
		if i := tag - s.fields[0].tag; s.fields[n-1].tag-s.fields[0].tag == n-1 {
			if i < 0 || i >= n {
				return nil
			}
			return &s.fields[i]
		}
	}
	from, to := 0, len(s.fields)
	for from < to {
		switch middle := (from + to) / 2; {
		case s.fields[middle].tag == tag:
			return &s.fields[middle]
		case s.fields[middle].tag < tag:
			from = middle + 1
		default:
			to = middle
		}
	}
	return nil
}

// byTag is the request of a tag.
func (p *protocol) byTag(tag int) *request {
	for _, r := range p.requests {
		if r.tag == tag {
			return r
		}
	}
	return nil
}

// message are the fields of an encoded message: for each tag a small number, or the bytes behind.
type message struct {
	values map[int]int
	data   map[int][]byte
	count  int
}

// split takes a message apart.
func split(b []byte) (m message, ok bool) {
	m = message{values: map[int]int{}, data: map[int][]byte{}}
	if len(b) < 2 {
		return m, false
	}
	m.count = int(binary.LittleEndian.Uint16(b))
	if len(b) < 2+2*m.count {
		return m, false
	}
	rest, tag := b[2+2*m.count:], -1
	for i := range m.count {
		v := int(binary.LittleEndian.Uint16(b[2+2*i:]))
		tag++
		if v&1 != 0 {
			tag += v / 2
			continue
		}
		if v != 0 {
			m.values[tag] = v/2 - 1
			continue
		}
		var one []byte
		if one, rest, ok = cut(rest); !ok {
			return m, false
		}
		m.data[tag] = one
	}
	return m, true
}

// cut takes bytes with their length before them.
func cut(b []byte) (one, rest []byte, ok bool) {
	if len(b) < 4 {
		return nil, nil, false
	}
	n := binary.LittleEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-4) {
		return nil, nil, false
	}
	return b[4 : 4+n], b[4+n:], true
}

// list takes a list of such apart.
func list(b []byte) (items [][]byte, ok bool) {
	for len(b) > 0 {
		var one []byte
		if one, b, ok = cut(b); !ok {
			return nil, false
		}
		items = append(items, one)
	}
	return items, true
}
