package runtime

import (
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/hotpatch"
	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/value"
	"devnode/runtime/lualib"
)

// firstValues remembers what the top levels of files define, by content. It is
// safe for concurrent use.
type firstValues struct {
	mu    sync.Mutex
	known map[Hash]*syntax.FirstValues
}

// maxFirstValues bounds the contents that are remembered.
const maxFirstValues = 512

// of gives the definitions of a file's content; nil for one that doesn't compile.
func (d *firstValues) of(content []byte, chunk string) *syntax.FirstValues {
	hash := HashOf(content)
	d.mu.Lock()
	found, ok := d.known[hash]
	d.mu.Unlock()
	if ok {
		return found
	}
	found, err := syntax.FirstValuesOf(content, chunk)
	if err != nil {
		found = nil
	}
	d.remember(hash, found)
	return found
}

func (d *firstValues) remember(hash Hash, found *syntax.FirstValues) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known == nil || len(d.known) >= maxFirstValues {
		d.known = make(map[Hash]*syntax.FirstValues)
	}
	d.known[hash] = found
}

// scope is one run of a file's chunk, with what its text defines.
type scope struct {
	instance *hotpatch.Instance
	defines  *syntax.FirstValues
}

// scopes lists the runs of files in g, by chunk name, those of one file in order.
func (g *Generation) scopes(instances []*hotpatch.Instance) map[string][]scope {
	all := make(map[string][]scope)
	for _, in := range instances {
		chunk := syntax.Source(in.Main)
		content, known := g.contentOf(chunk)
		if !known {
			continue
		}
		if defines := g.service.node.firstValues.of(content, chunk); defines != nil {
			all[chunk] = append(all[chunk], scope{in, defines})
		}
	}
	return all
}

// contentOf is the text of a chunk that is a file which g has loaded, or comes with the binary.
func (g *Generation) contentOf(chunk string) ([]byte, bool) {
	path, ok := strings.CutPrefix(chunk, "@")
	if !ok {
		return nil, false
	}
	g.files.mu.Lock()
	file, known := g.files.loaded[absolute(path)]
	g.files.mu.Unlock()
	if known {
		return file.data, true
	}
	if name, ok := strings.CutPrefix(path, embeddedModules); ok {
		text, known := lualib.Modules()[name]
		return []byte(text), known
	}
	if name, ok := strings.CutPrefix(path, embeddedServices); ok {
		text := embeddedService(name)
		return []byte(text), text != ""
	}
	return nil, false
}

// What the names of chunks begin with that come with the binary.
const (
	embeddedModules  = "lualib/"
	embeddedServices = "service/"
)

// place is where a generation holds the value of a name.
type place interface {
	get() lua.LValue
	set(lua.LValue)
}

// fieldPlace is an entry of a table.
type fieldPlace struct {
	table *value.Table
	key   lua.LValue
}

func (p fieldPlace) get() lua.LValue  { return p.table.RawGet(value.Key(p.key)) }
func (p fieldPlace) set(v lua.LValue) { p.table.RawSet(value.Key(p.key), v) }

// cellPlace is a local variable.
type cellPlace struct{ *lua.Upvalue }

func (p cellPlace) get() lua.LValue  { return p.Value() }
func (p cellPlace) set(v lua.LValue) { p.SetValue(v) }

// resultPlace is what a chunk has returned.
type resultPlace struct{ *hotpatch.Instance }

func (p resultPlace) get() lua.LValue  { return p.Value }
func (p resultPlace) set(v lua.LValue) { p.Value = v }
