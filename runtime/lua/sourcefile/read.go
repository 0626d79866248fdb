// Package sourcefile reads files of Lua source, so that none can hold up who
// reads it, or use up the memory: a device never ends, a pipe may never begin.
package sourcefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"devnode/runtime/lua/syntax"
)

// MaxSize is the size in bytes above which a file isn't read.
const MaxSize = syntax.MaxSource

// ErrNotRegular is the error of a file that is a device, a pipe or a socket.
var ErrNotRegular = errors.New("not a regular file; copy what it gives into one")

// ErrTooLarge is the error of a file that is larger than MaxSize.
var ErrTooLarge = fmt.Errorf("larger than %d MB", MaxSize>>20)

// Read is os.ReadFile for regular files of at most MaxSize. It doesn't wait for
// anybody: a pipe is refused before it is opened.
func Read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() && !info.IsDir() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: ErrNotRegular}
	}
	if info.Size() > MaxSize {
		return nil, tooLarge(path)
	}
	f, err := os.OpenFile(path, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() && !info.IsDir() { // exchanged meanwhile
		return nil, &fs.PathError{Op: "read", Path: path, Err: ErrNotRegular}
	}
	return readAll(f, path)
}

// ReadAny is Read for files of all kinds, such as the pipe of a shell's
// `<(command)`. It may wait for whoever writes.
func ReadAny(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, path)
}

func readAll(f *os.File, path string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxSize {
		return nil, tooLarge(path)
	}
	return data, nil
}

func tooLarge(path string) error {
	return &fs.PathError{Op: "read", Path: path, Err: ErrTooLarge}
}

// Readable tells whether path can be opened for reading, as package.searchpath asks.
// It doesn't wait for a pipe's other end.
func Readable(path string) bool {
	f, err := os.OpenFile(path, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return false
	}
	_ = f.Close()
	return true
}

// IsRegular tells whether reading path can't take long: it is a regular file, a
// folder, or isn't there.
func IsRegular(path string) bool {
	info, err := os.Stat(path)
	return err != nil || info.Mode().IsRegular() || info.IsDir()
}
