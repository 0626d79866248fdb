package runtime

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"path/filepath"
	"sync"

	"devnode/runtime/hotpatch"

	"devnode/runtime/lua/sourcefile"
)

// Hash identifies the bytes of a file.
type Hash [sha256.Size]byte

// HashOf is the hash of data.
func HashOf(data []byte) Hash { return sha256.Sum256(data) }

// Short is the hash's first eight hexadecimal digits.
func (h Hash) Short() string { return hex.EncodeToString(h[:4]) }

// snapshot reads each file once, so that all services of one reload see the
// same bytes. It is safe for concurrent use.
type snapshot struct {
	mu    sync.Mutex
	files map[string]fileContent
}

type fileContent struct {
	data  []byte
	err   error
	given bool // by who asked for the reload, not read from disk
}

func newSnapshot() *snapshot { return &snapshot{files: make(map[string]fileContent)} }

func (sn *snapshot) read(path string) ([]byte, error) {
	c := sn.look(path)
	return c.data, c.err
}

func (sn *snapshot) look(path string) fileContent {
	sn.mu.Lock()
	defer sn.mu.Unlock()
	key := absolute(path)
	c, ok := sn.files[key]
	if !ok {
		c.data, c.err = sourcefile.Read(path)
		sn.files[key] = c
	}
	return c
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return filepath.Clean(path)
}

// files is what a generation has loaded, and what it looked for in vain. The
// watcher asks for it from another goroutine.
type files struct {
	mu     sync.Mutex
	source *snapshot              // while the generation is being prepared
	loaded map[string]*loadedFile // the history holds it too, where shared is set
	shared bool
	missed map[string]bool
	inject map[string]Hash // the files of which code was injected
	script string          // the path of the service's own script
	tell   func(path string, hash Hash)
	share  func(data []byte, hash Hash) []byte

	versions map[string][]*hotpatch.Version // of files that were patched, and whose code is still in use
}

// loadedFile is a file as it was loaded. None is changed once it is there.
type loadedFile struct {
	data  []byte
	sum   Hash
	asked string // the path that it was asked for by
}

func newFiles(source *snapshot, n *Node) *files {
	fl := noFiles()
	fl.source, fl.tell, fl.share = source, n.config.Loaded, n.sources.share
	return fl
}

func noFiles() *files {
	return &files{loaded: make(map[string]*loadedFile)}
}

// read is a file's content; it notes that the generation depends on it.
func (fl *files) read(path string) ([]byte, error) {
	fl.mu.Lock()
	source := fl.source
	fl.mu.Unlock()
	var c fileContent
	if source != nil {
		c = source.look(path)
	} else {
		c.data, c.err = sourcefile.Read(path)
	}
	if c.err != nil {
		fl.miss(path, c.given)
		return nil, c.err
	}
	name, sum := path, HashOf(c.data)
	path = absolute(path)
	data := fl.share(c.data, sum)
	fl.mu.Lock()
	fl.putLocked(path, &loadedFile{data, sum, name})
	delete(fl.missed, path) // it was looked for too early; now these bytes are what counts
	fl.mu.Unlock()
	if fl.tell != nil && !c.given {
		fl.tell(path, sum)
	}
	return data, nil
}

// putLocked notes a file as loaded.
func (fl *files) putLocked(path string, f *loadedFile) {
	if fl.shared {
		fl.loaded, fl.shared = maps.Clone(fl.loaded), false
	}
	fl.loaded[path] = f
}

func (fl *files) missLocked(path string) {
	if fl.missed == nil {
		fl.missed = make(map[string]bool)
	}
	fl.missed[path] = true
}

// missing notes that the generation looked for a file that isn't there.
func (fl *files) missing(path string) { fl.miss(path, false) }

func (fl *files) miss(path string, given bool) {
	path = absolute(path)
	fl.mu.Lock()
	known := fl.missed[path]
	fl.missLocked(path)
	fl.mu.Unlock()
	if fl.tell != nil && !known && !given {
		fl.tell(path, Hash{})
	}
}

// injected notes that code of a file was run in the generation from outside. It
// isn't loaded: no other generation would run it.
func (fl *files) injected(path string, hash Hash) {
	path = absolute(path)
	fl.mu.Lock()
	if fl.inject == nil {
		fl.inject = map[string]Hash{}
	}
	fl.inject[path] = hash
	fl.mu.Unlock()
	if fl.tell != nil {
		fl.tell(path, hash)
	}
}

// settle ends the preparation: what is loaded from now on is read from disk.
func (fl *files) settle() {
	fl.mu.Lock()
	fl.source = nil
	fl.mu.Unlock()
}

// hashes gives the hash of each loaded file, and the paths looked for in vain.
func (fl *files) hashes() (loaded map[string]Hash, missed []string) {
	fl.mu.Lock()
	defer fl.mu.Unlock()
	loaded = make(map[string]Hash, len(fl.loaded))
	for path, f := range fl.loaded {
		loaded[path] = f.sum
	}
	for path := range fl.missed {
		missed = append(missed, path)
	}
	return loaded, missed
}

// main is the service's own script.
func (fl *files) main() (path string, data []byte) {
	fl.mu.Lock()
	defer fl.mu.Unlock()
	path = absolute(fl.script)
	if f := fl.loaded[path]; f != nil {
		data = f.data
	}
	return path, data
}

// with are those loaded files that contents are given for, as these contents.
func (fl *files) with(contents map[string][]byte) *files {
	fl.mu.Lock()
	defer fl.mu.Unlock()
	other := noFiles()
	for path, data := range contents {
		if _, ok := fl.loaded[path]; ok && data != nil {
			other.loaded[path] = &loadedFile{data: data, sum: HashOf(data)}
		} else if ok {
			other.missLocked(path)
		}
	}
	return other
}

// hold tells whether all that was loaded of these files is as they are, and none
// of them is there that was looked for in vain.
func (fl *files) hold(contents map[string][]byte) bool {
	fl.mu.Lock()
	defer fl.mu.Unlock()
	for path, data := range contents {
		was, ok := fl.loaded[path]
		if ok && (data == nil || !bytes.Equal(was.data, data)) || fl.missed[path] && data != nil {
			return false
		}
	}
	return true
}

// contents are the bytes of what was loaded, by path.
func (fl *files) contents() map[string][]byte { return contentsOf(fl.state()) }

// state is what was loaded until now. Nobody may change it.
func (fl *files) state() map[string]*loadedFile {
	fl.mu.Lock()
	defer fl.mu.Unlock()
	fl.shared = true
	return fl.loaded
}

func contentsOf(loaded map[string]*loadedFile) map[string][]byte {
	c := make(map[string][]byte, len(loaded))
	for path, f := range loaded {
		c[path] = f.data
	}
	return c
}

// snapshotOf is a snapshot in which files have the given contents, whatever
// the disk has; other files are read from disk.
func snapshotOf(contents map[string][]byte) *snapshot {
	sn := newSnapshot()
	for path, data := range contents {
		c := fileContent{data: data, given: true}
		if data == nil {
			c.err = &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		}
		sn.files[path] = c
	}
	return sn
}

// names lists the loaded files by the paths that they were asked for by.
func (fl *files) names() []string {
	fl.mu.Lock()
	defer fl.mu.Unlock()
	names := make([]string, 0, len(fl.loaded))
	for _, f := range fl.loaded {
		names = append(names, f.asked)
	}
	return names
}
