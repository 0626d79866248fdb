package lfs

import (
	"os"
	"path/filepath"
	"time"

	"devnode/runtime/library"
)

// dirLock is a directory that is locked: by a link of a certain name in it.
type dirLock struct{ path string }

const dirLockName = "lock metatable"

var dirLocks = library.Class{
	Name:    dirLockName,
	Methods: map[string]library.Function{"free": freeDir},
	Events:  map[string]library.Function{"__gc": freeDir},
}

// lockDir is lfs.lock_dir(path, stale): the lock, or nil and a reason. One that is older
// than so many seconds doesn't count.
func lockDir(c library.Call) {
	path, stale := filepath.Join(c.String(1), "lockfile.lfs"), c.OptInt(2, 0)
	var err error
	c.Block(func() {
		if info, found := os.Lstat(path); found == nil && stale > 0 && time.Since(info.ModTime()) > time.Duration(stale)*time.Second {
			os.Remove(path) // another may have done so
		}
		err = os.Symlink("lock", path)
	})
	if err != nil {
		text, _ := library.SystemError(err)
		c.Fail(text)
		return
	}
	c.Return(dirLocks.New(c, &dirLock{path}))
}

func freeDir(c library.Call) {
	if l := library.Object[*dirLock](c, 1, dirLockName); l.path != "" {
		os.Remove(l.path) // it may be gone
		l.path = ""
	}
}
