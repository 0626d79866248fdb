package live

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"devnode/watch"
)

// tellGone says of folders that are gone, with files that services have loaded, what to
// do: a project that is moved by its parent's other name can't be followed from outside.
func (r *Reloader) tellGone(changes []watch.Change) {
	files := map[string]int{}
	for _, c := range changes {
		if c.Op != watch.Removed {
			continue
		}
		if folder := goneFolder(c.Path); folder != "" {
			files[folder]++
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(files)) {
		r.options.Log("%s", folderLost(folder, files[folder]))
	}
}

func folderLost(folder string, files int) string {
	what := fmt.Sprintf("%d files", files)
	if files == 1 {
		what = "a file"
	}
	return "the folder " + folder + " is gone, with " + what + " that services know: they run on with what they loaded. " +
		"Move it back, or start devnode anew where it is now: one that runs in its project's folder follows a move"
}

// goneFolder is the topmost folder above a path that isn't there, empty if all are.
func goneFolder(path string) string {
	gone := ""
	for dir := filepath.Dir(path); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
			return gone
		}
		gone = dir
	}
	return gone
}
