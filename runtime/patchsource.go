package runtime

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/syntax"
)

// patchFile is a file that a service has loaded and whose content is another
// now. It is made before the service is asked, and belongs to one patch.
type patchFile struct {
	path     string // absolute
	chunk    string
	old, new []byte
	change   *syntax.Matching
	was, is  []*lua.FunctionProto // syntax.Functions
	index    map[*lua.FunctionProto]int
	older    bool                      // old is what was loaded before another patch
	why      map[*lua.LFunction]string // olderVersion.why
}

// patchSource reads and compares the files of services. Services that have
// loaded the same files share the comparisons.
type patchSource struct {
	node  *Node
	files *snapshot
	given map[string][]byte
	known map[patchKey]*syntax.Matching
}

type patchKey struct {
	old, new Hash
	chunk    string
}

func (n *Node) newPatchSource(files map[string][]byte) *patchSource {
	return &patchSource{
		node: n, files: snapshotOf(files), given: files,
		known: make(map[patchKey]*syntax.Matching),
	}
}

// changed finds the files that the service runs other bytes of. The error is
// why they can't become patches.
func (ps *patchSource) changed(fl *files) ([]*patchFile, error) {
	fl.mu.Lock()
	var list []*patchFile
	for path, old := range fl.loaded {
		list = append(list, &patchFile{path: path, chunk: "@" + fl.asked[path], old: old})
	}
	shadowed := ""
	for path := range fl.missed {
		if ps.given[path] != nil {
			shadowed = path
		}
	}
	fl.mu.Unlock()
	if shadowed != "" {
		return nil, fmt.Errorf("%s is there now, which was looked for in vain", shadowed)
	}
	slices.SortFunc(list, func(a, b *patchFile) int { return strings.Compare(a.path, b.path) })
	n := 0
	for _, f := range list {
		data, err := ps.files.read(f.path)
		if err != nil {
			return nil, err
		}
		if bytes.Equal(data, f.old) {
			continue
		}
		f.new = data
		list[n] = f
		n++
	}
	list = list[:n]
	for _, f := range list { // what doesn't compile is the news, whatever else can't be patched
		if _, err := ps.node.compiler.compile(f.new, f.chunk); err != nil {
			return nil, neither{err}
		}
	}
	for _, f := range list {
		if err := ps.compare(f); err != nil {
			return nil, err
		}
	}
	return append(list, ps.compareOlder(fl, list)...), nil
}

// compare compiles both versions of a file and finds what has changed.
func (ps *patchSource) compare(f *patchFile) error {
	is, err := ps.node.compiler.compile(f.new, f.chunk)
	if err != nil {
		return err
	}
	was, err := ps.node.compiler.compile(f.old, f.chunk)
	if err != nil {
		return err
	}
	key := patchKey{HashOf(f.old), HashOf(f.new), f.chunk}
	change := ps.known[key]
	if change == nil {
		if change, err = syntax.Match(f.old, f.new, f.chunk, nil); err != nil {
			return err
		}
		ps.known[key] = change
	}
	f.change = change
	if change.Reason != "" {
		return fmt.Errorf("%s%s", change.Reason, f.at(change.Line))
	}
	f.was, f.is = syntax.Functions(was), syntax.Functions(is)
	f.index = make(map[*lua.FunctionProto]int, len(f.was))
	for i, p := range f.was {
		f.index[p] = i
	}
	return nil
}

// at is a place in the file, in parentheses.
func (f *patchFile) at(line int) string {
	if line <= 0 {
		return ""
	}
	return fmt.Sprintf(" (%s:%d)", syntax.ChunkID(f.chunk), line)
}
