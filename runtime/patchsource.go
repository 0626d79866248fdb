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
	read  map[compiledKey]hotpatch.Source
}

type patchKey struct {
	old, new Hash
	chunk    string
}

func (n *Node) newPatchSource(files map[string][]byte) *patchSource {
	return &patchSource{
		node: n, files: snapshotOf(files), given: files,
		known: make(map[patchKey]*hotpatch.Change), read: make(map[compiledKey]hotpatch.Source),
	}
}

// changed finds the files that the service runs other bytes of. The error is
// why they can't become patches.
func (ps *patchSource) changed(fl *files) (changes, older []*hotpatch.Change, err error) {
	fl.mu.Lock()
	var list []*fileToPatch
	for path, f := range fl.loaded {
		list = append(list, &fileToPatch{path: path, chunk: "@" + f.asked, old: f.data, was: f.sum})
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
		f.new, f.is = data, HashOf(data)
		list[n] = f
		n++
	}
	list = list[:n]
	for _, f := range list { // what doesn't compile is the news, whatever else can't be patched
		if err := ps.readBoth(f); err != nil {
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
	newest := make(map[string]*hotpatch.Change)
	for _, c := range changes {
		newest[c.Path] = c
	}
	for path, versions := range fl.versions {
		file := fl.loaded[path]
		if file == nil {
			continue
		}
		now := file.data
		if c := newest[path]; c != nil {
			now = c.New
		}
		for _, v := range versions {
			list = append(list, &fileToPatch{path: path, chunk: "@" + file.asked, old: v.Source, new: now})
			mains = append(mains, v.Main)
		}
	}
	fl.mu.Unlock()
	var older []*hotpatch.Change
	for i, f := range list {
		was, err := ps.source(f.old, HashOf(f.old), f.chunk)
		if err != nil {
			continue
		}
		is, err := ps.source(f.new, HashOf(f.new), f.chunk)
		if err != nil {
			continue
		}
		was.Main = mains[i]
		older = append(older, hotpatch.Compare(f.path, f.chunk, was, is, effectless))
	}
	return older
}

// fileToPatch is a file that a service has loaded and whose content is another now.
type fileToPatch struct {
	path, chunk string
	old, new    []byte
	was, is     Hash // of old and new
}

func (f *fileToPatch) key() patchKey { return patchKey{f.was, f.is, f.chunk} }

// readBoth reads both texts of a file that is to be compared. The error is a fault of
// the new one.
func (ps *patchSource) readBoth(f *fileToPatch) error {
	if ps.compared(f) != nil {
		return nil
	}
	var old sync.WaitGroup
	old.Go(func() { ps.source(f.old, f.was, f.chunk) }) // compare finds it, or its fault
	_, err := ps.source(f.new, f.is, f.chunk)
	old.Wait()
	return err
}

// source reads a text, or finds it among those that were read before.
func (ps *patchSource) source(data []byte, hash Hash, chunk string) (hotpatch.Source, error) {
	key := compiledKey{hash, chunk}
	ps.mu.Lock()
	known, ok := ps.read[key]
	ps.mu.Unlock()
	if ok {
		return known, nil
	}
	text, main, err := ps.node.readText(data, key)
	if err != nil {
		return hotpatch.Source{}, err
	}
	s := hotpatch.Source{Bytes: data, Text: text, Main: main}
	ps.mu.Lock()
	ps.read[key] = s
	ps.mu.Unlock()
	return s, nil
}

// compared is what compare has found, nil where it wasn't asked yet.
func (ps *patchSource) compared(f *fileToPatch) *hotpatch.Change {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.known[f.key()]
}

// compare finds what has changed in a file.
func (ps *patchSource) compare(f *fileToPatch) (*hotpatch.Change, error) {
	if c := ps.compared(f); c != nil {
		return c, nil
	}
	is, err := ps.source(f.new, f.is, f.chunk)
	if err != nil {
		return nil, err
	}
	was, err := ps.source(f.old, f.was, f.chunk)
	if err != nil {
		return nil, err
	}
	c := hotpatch.Compare(f.path, f.chunk, was, is, effectless)
	ps.node.texts.keep(compiledKey{f.is, f.chunk}, is.Text, len(f.new))
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.known[f.key()] = c
	return c, nil
}
