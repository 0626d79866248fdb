package watch

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// repos are the git repositories that what is watched is in. While git changes the
// files of a work tree it holds a lock file, so that a checkout of many files
// can be told from many saves.
type repos struct {
	gitDirs []string
	asked   map[string]bool // the folders that were looked through
	held    bool            // git was at work when it was last asked
	free    time.Time       // when it was first seen not to be any more
}

const (
	repoLook    = 5 * time.Millisecond  // the time between two looks at the lock
	repoAfter   = 25 * time.Millisecond // how long after the lock is gone events may come
	repoLongest = 2 * time.Second       // how long a batch is kept for it
)

// add looks for the repository that dir is in.
func (r *repos) add(dir string) {
	if r.asked == nil {
		r.asked = map[string]bool{}
	}
	for !r.asked[dir] {
		r.asked[dir] = true
		if git := gitDir(filepath.Join(dir, ".git")); git != "" {
			if !slices.Contains(r.gitDirs, git) {
				r.gitDirs = append(r.gitDirs, git)
			}
			return
		}
		up := filepath.Dir(dir)
		if up == dir {
			return
		}
		dir = up
	}
}

// gitDir returns the folder that .git is, or names (in a linked work tree).
func gitDir(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	if info.IsDir() {
		return path
	}
	data, err := readOwnFile(path)
	if err != nil {
		return ""
	}
	dir, ok := strings.CutPrefix(strings.TrimSpace(string(data)), "gitdir: ")
	if !ok {
		return ""
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(filepath.Dir(path), dir)
	}
	return dir
}

// freeSince returns since when git has not been at work, as far as is known.
func (r *repos) freeSince() time.Time {
	busy := r.busy(time.Now())
	if busy || r.held {
		r.free = time.Now()
	}
	r.held = busy
	return r.free
}

// busy reports whether git is at work in one of them. A lock that has been
// there for long is somebody's leftover.
func (r *repos) busy(now time.Time) bool {
	for _, dir := range r.gitDirs {
		info, err := os.Lstat(filepath.Join(dir, "index.lock"))
		if err == nil && now.Sub(info.ModTime()) < repoLongest {
			return true
		}
	}
	return false
}
