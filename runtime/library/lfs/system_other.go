//go:build !linux

package lfs

import (
	"errors"
	"os"
)

// describeSystem tells what the system knows of a file beside what Go does: nothing here.
func describeSystem(os.FileInfo, func(name string, n int64)) {}

// removeDir removes an empty directory.
func removeDir(path string) error { return os.Remove(path) }

// lockRange is there on Linux only.
func lockRange(*os.File, int64, int64, bool, bool) error { return errors.ErrUnsupported }
