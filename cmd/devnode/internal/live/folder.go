package live

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"devnode/watch"
)

// workingFolder follows the folder that the node works in. A process stays in its
// folder when that is moved, and when it is removed, in which case nothing can be
// found any more.
type workingFolder struct {
	path string // as it was, empty where it isn't known
	gone bool   // that has been said
}

func newWorkingFolder() workingFolder {
	path, err := os.Getwd()
	if err != nil {
		path = ""
	}
	return workingFolder{path: path}
}

// inPlace looks where the working folder is, before a batch is acted upon, and
// returns the changes that are left to act upon. One that was moved takes its files
// along: that they are gone from their old place is no change. Of one that is gone
// all files are, and services run on.
func (r *Reloader) inPlace(changes []watch.Change) []watch.Change {
	here, err := os.Getwd()
	old := r.folder.path
	switch {
	case old == "" || err == nil && here == old:
		return changes
	case err != nil && os.Chdir(old) == nil:
		if r.folder.gone {
			r.options.Log("the working folder %s is there again", old)
		}
		r.folder.gone = false
		return changes
	case err != nil:
		if !r.folder.gone {
			r.options.Log("error: %s", FolderGone(old))
		}
		r.folder.gone = true
		return withoutGone(changes, old)
	}
	if _, err := os.Lstat(old); err == nil {
		return changes // something else is in its place, which is what changed
	}
	from, to := whatMoved(old, here)
	r.options.Log("%s was moved to %s: its files are the same, and nothing is reloaded", from, to)
	r.folder = workingFolder{path: here}
	r.moved(from, to)
	return withoutGone(changes, from)
}

// FolderGone says that the working folder isn't there any more, and what to do.
func FolderGone(path string) string {
	return "the working folder " + path + " is gone: services run on with what they loaded, and nothing more can be found. " +
		"Make the folder again, with its files, or start devnode in another"
}

// whatMoved is the topmost folder whose name differs, of a folder's old path and its
// new one: with it, all that is in it was moved.
func whatMoved(from, to string) (string, string) {
	for filepath.Base(from) == filepath.Base(to) && filepath.Dir(from) != from && filepath.Dir(to) != to {
		from, to = filepath.Dir(from), filepath.Dir(to)
	}
	return from, to
}

func withoutGone(changes []watch.Change, folder string) []watch.Change {
	return slices.DeleteFunc(changes, func(c watch.Change) bool {
		return c.Op == watch.Removed && below(c.Path, folder)
	})
}

func below(path, folder string) bool {
	return strings.HasPrefix(path, strings.TrimSuffix(folder, string(filepath.Separator))+string(filepath.Separator))
}

// moved has all that is known of files below one folder be known of another.
func (r *Reloader) moved(from, to string) {
	r.mu.Lock()
	r.current, r.saved, r.events = renamed(r.current, from, to), renamed(r.saved, from, to), renamed(r.events, from, to)
	for _, f := range r.failed {
		f.files = renamed(f.files, from, to)
	}
	r.mu.Unlock()
	r.node.Moved(from, to)
	r.known.moved(from, to)
}

func renamed[V any](by map[string]V, from, to string) map[string]V {
	out := make(map[string]V, len(by))
	for path, v := range by {
		out[renamedPath(path, from, to)] = v
	}
	return out
}

func renamedPath(path, from, to string) string {
	if !below(path, from) {
		return path
	}
	return to + strings.TrimPrefix(path, from)
}
