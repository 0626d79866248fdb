//go:build unix

package sourcefile_test

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"

	"devnode/runtime/lua/sourcefile"
)

// TestReadDoesNotWait reads a pipe that nobody writes to, and a device without
// an end.
func TestReadDoesNotWait(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o666); err != nil {
		t.Skip("no pipes here:", err)
	}
	for _, path := range []string{pipe, "/dev/zero"} {
		if _, err := sourcefile.Read(path); !errors.Is(err, sourcefile.ErrNotRegular) {
			t.Errorf("%s: %v", path, err)
		}
		if sourcefile.IsRegular(path) {
			t.Errorf("%s is taken for a regular file", path)
		}
	}
	if _, err := sourcefile.ReadAny("/dev/zero"); err == nil {
		t.Error("/dev/zero was read to its end")
	}
}
