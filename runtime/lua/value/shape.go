package value

import (
	"sync"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"
)

// A shape is a list of names, in the order in which a table got them. All tables
// of the process that got the same names in the same order have the same shape,
// so that each keeps only its values.
type shape struct {
	names   []lua.LValue // strings as Lua values
	strings []string
	places  [2 * maxNames]uint8 // by hash: 1 and the place of a name, or 0
	index   int                 // the place of "__index", -1 if it isn't there
	id      uint32              // by which hints know it

	last atomic.Pointer[shape] // the one that was made of it by with most recently
	mu   sync.Mutex
	more map[string]*shape
}

const (
	maxNames  = 16      // of a shape
	maxShapes = 1 << 15 // of the process: what gets more names than these is a hash
	maxMore   = 512     // that differ in their last name only
)

var (
	noNames = &shape{index: -1}
	shapes  atomic.Int64
)

// quickHash is cheap, and good enough for a handful of names.
func quickHash(name string) uint {
	n := uint(len(name))
	if n == 0 {
		return 0
	}
	return n + uint(name[0])*3 + uint(name[n-1])*5 + uint(name[n/2])*7
}

// find is the place of a name, -1 for one that the shape hasn't.
func (s *shape) find(name string) int {
	for at := quickHash(name); ; at++ {
		place := s.places[at%(2*maxNames)]
		if place == 0 {
			return -1
		}
		if s.strings[place-1] == name {
			return int(place) - 1
		}
	}
}

// with is the shape with one more name, nil where there are to be no more. A
// shape that is Go's nil has no names.
func (s *shape) with(key lua.LValue, name string) *shape {
	if s == nil {
		s = noNames
	}
	if last := s.last.Load(); last != nil && last.strings[len(last.strings)-1] == name {
		return last
	}
	if len(s.names) == maxNames {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	to := s.more[name]
	if to == nil {
		if len(s.more) >= maxMore || shapes.Load() >= maxShapes || len(name) > maxNameSize {
			return nil
		}
		to = s.add(key, name)
		to.id = uint32(shapes.Add(1))
		if s.more == nil {
			s.more = make(map[string]*shape)
		}
		s.more[name] = to
	}
	s.last.Store(to)
	return to
}

// maxNameSize bounds the names that shapes keep for ever.
const maxNameSize = 64

func (s *shape) add(key lua.LValue, name string) *shape {
	n := len(s.names)
	to := &shape{names: make([]lua.LValue, n+1), strings: make([]string, n+1), places: s.places, index: s.index}
	if name == "__index" {
		to.index = n
	}
	copy(to.names, s.names)
	copy(to.strings, s.strings)
	to.names[n], to.strings[n] = key, name
	at := quickHash(name)
	for to.places[at%(2*maxNames)] != 0 {
		at++
	}
	to.places[at%(2*maxNames)] = uint8(n + 1)
	return to
}
