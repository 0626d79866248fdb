package hotpatch

import (
	"fmt"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
)

// Change is a file with an old and a new text, compared. It belongs to no
// program: all that run the old text share it. It is safe for concurrent use.
type Change struct {
	Path, Chunk string
	Old, New    []byte
	Match       *syntax.Matching
	Was, Is     []*lua.FunctionProto // of the two texts, as syntax.Functions lists them

	was, is definitions
	index   map[*lua.FunctionProto]int // of Was
	indexN  map[*lua.FunctionProto]int // of Is

	mu     sync.Mutex
	thunks map[thunkKey]syntax.Thunk
}

type thunkKey struct {
	statement int
	old       bool
}

// Source is one text of a file.
type Source struct {
	Bytes []byte
	Text  *syntax.Text       // as it is read
	Main  *lua.FunctionProto // as programs run it
}

// Compare makes the Change of a file, whose texts were read under the name chunk.
// known is syntax.Match's.
func Compare(path, chunk string, old, new Source, known func(string) bool) *Change {
	m := syntax.Match(old.Text, new.Text, known)
	c := &Change{Path: path, Chunk: chunk, Old: old.Bytes, New: new.Bytes, Match: m,
		Was: syntax.Functions(old.Main), Is: syntax.Functions(new.Main), thunks: make(map[thunkKey]syntax.Thunk)}
	c.index, c.indexN = indexOf(c.Was), indexOf(c.Is)
	c.was, c.is = definitionsOf(m.OldStatements), definitionsOf(m.Statements)
	return c
}

func indexOf(protos []*lua.FunctionProto) map[*lua.FunctionProto]int {
	m := make(map[*lua.FunctionProto]int, len(protos))
	for i, p := range protos {
		m[p] = i
	}
	return m
}

// At is a place in the file, in parentheses; empty for no line.
func (c *Change) At(line int) string {
	if line <= 0 {
		return ""
	}
	return fmt.Sprintf(" (%s:%d)", syntax.ChunkID(c.Chunk), line)
}

// IndexOf is the place of a function of the old text among Was, -1 for another.
func (c *Change) IndexOf(p *lua.FunctionProto) int {
	if i, ok := c.index[p]; ok {
		return i
	}
	return -1
}

// thunk is the code that evaluates a statement alone.
func (c *Change) thunk(statement int, old bool) (syntax.Thunk, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := thunkKey{statement, old}
	if t, ok := c.thunks[key]; ok {
		return t, nil
	}
	var t syntax.Thunk
	var err error
	if old {
		t, err = c.Match.OldThunk(statement, c.Was)
	} else {
		t, err = c.Match.Thunk(statement, c.Is)
	}
	if err == nil {
		c.thunks[key] = t
	}
	return t, err
}

// slot is one of the values that a statement gives to places.
type slot struct {
	statement, target int
}

// definitions are the places that a version's definitions give values to, each with
// those definitions in their order. The last one's value is what it has in the end.
type definitions map[string][]slot

func definitionsOf(list []syntax.Statement) definitions {
	m := make(definitions)
	for i := range list {
		if list[i].Kind != syntax.Definition {
			continue
		}
		for k, t := range list[i].Targets {
			m[t.Slot()] = append(m[t.Slot()], slot{i, k})
		}
	}
	return m
}

// last is the definition that counts in the end.
func (d definitions) last(key string) (slot, bool) {
	list := d[key]
	if len(list) == 0 {
		return slot{}, false
	}
	return list[len(list)-1], true
}

// isLast tells whether target k of statement i has its value in the end.
func (d definitions) isLast(list []syntax.Statement, i, k int) bool {
	at, ok := d.last(list[i].Targets[k].Slot())
	return ok && at == slot{i, k}
}

// chained tells whether the value of a place can only be had by going through its
// definitions from the first on: there are several, or the one looks at the place.
func chained(m *syntax.Matching, list []syntax.Statement, chain []slot) bool {
	if len(chain) != 1 {
		return len(chain) > 1
	}
	s := &list[chain[0].statement]
	t := s.Targets[chain[0].target]
	for _, read := range s.Reads {
		if readName(m, read) == t.Name && !t.Declares {
			return true
		}
	}
	return false
}
