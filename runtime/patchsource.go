package runtime

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/hotpatch"
)

// patchSource reads and compares the files of services. Services that have
// loaded the same files share the comparisons.
type patchSource struct {
	node  *Node
	mu    sync.Mutex
	files *snapshot
	given map[string][]byte
	known map[patchKey]*hotpatch.Change
}

type patchKey struct {
	old, new Hash
	chunk    string
}

func (n *Node) newPatchSource(files map[string][]byte) *patchSource {
	return &patchSource{
		node: n, files: snapshotOf(files), given: files,
		known: make(map[patchKey]*hotpatch.Change),
	}
}

// changed finds the files that the service runs other bytes of. The error is
// why they can't become patches.
func (ps *patchSource) changed(fl *files) (changes, older []*hotpatch.Change, err error) {
	fl.mu.Lock()
	var list []*fileToPatch
	for path, f := range fl.loaded {
		list = append(list, &fileToPatch{path: path, chunk: "@" + f.asked, old: f.data})
	}
	shadowed := ""
	for path := range fl.missed {
		if ps.given[path] != nil {
			shadowed = path
		}
	}
	fl.mu.Unlock()
	if shadowed != "" {
		return nil, nil, fmt.Errorf("%s is there now, which was looked for in vain", shadowed)
	}
	slices.SortFunc(list, func(a, b *fileToPatch) int { return strings.Compare(a.path, b.path) })
	n := 0
	for _, f := range list {
		data, err := ps.files.read(f.path)
		if err != nil {
			return nil, nil, err
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
			return nil, nil, neither{err}
		}
	}
	for _, f := range list {
		c, err := ps.compare(f)
		if err != nil {
			return nil, nil, err
		}
		changes = append(changes, c)
	}
	if len(changes) > 0 {
		older = ps.changedBefore(fl, changes)
	}
	return changes, older, nil
}

// changedBefore compares the former texts that are still in use with the newest.
// One that can't be compared is left out: its code stays as it is, and is named.
func (ps *patchSource) changedBefore(fl *files, changes []*hotpatch.Change) []*hotpatch.Change {
	fl.mu.Lock()
	var list []*fileToPatch
	var mains []*lua.FunctionProto
	for path, versions := range fl.versions {
		file := fl.loaded[path]
		if file == nil {
			continue
		}
		newest := file.data
		for _, c := range changes {
			if c.Path == path {
				newest = c.New
			}
		}
		for _, v := range versions {
			list = append(list, &fileToPatch{path: path, chunk: "@" + file.asked, old: v.Source, new: newest})
			mains = append(mains, v.Main)
		}
	}
	fl.mu.Unlock()
	var older []*hotpatch.Change
	for i, f := range list {
		is, err := ps.node.compiler.compile(f.new, f.chunk)
		if err != nil {
			continue
		}
		if c, err := hotpatch.Compare(f.path, f.chunk, f.old, f.new, mains[i], is, effectless); err == nil {
			older = append(older, c)
		}
	}
	return older
}

// fileToPatch is a file that a service has loaded and whose content is another now.
type fileToPatch struct {
	path, chunk string
	old, new    []byte
}

// compare compiles both versions of a file and finds what has changed.
func (ps *patchSource) compare(f *fileToPatch) (*hotpatch.Change, error) {
	key := patchKey{HashOf(f.old), HashOf(f.new), f.chunk}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if c := ps.known[key]; c != nil {
		return c, nil
	}
	is, err := ps.node.compiler.compile(f.new, f.chunk)
	if err != nil {
		return nil, err
	}
	was, err := ps.node.compiler.compile(f.old, f.chunk)
	if err != nil {
		return nil, err
	}
	c, err := hotpatch.Compare(f.path, f.chunk, f.old, f.new, was, is, effectless)
	if err == nil {
		ps.known[key] = c
	}
	return c, err
}
