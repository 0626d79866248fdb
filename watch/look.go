package watch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// finding is what a look at a file found.
type finding int

const (
	foundNothing  finding = iota // there is no such file
	foundBlocked                 // it is there and can't be read
	foundTooLarge                // it is left alone
	foundMoving                  // it changed while it was read
	foundHeld                    // read, but someone has it open for writing
	foundUnsure                  // read, and the system can't tell whether someone has
	foundWhole                   // read, and nobody had it open for writing afterwards
)

// view is one look at a file.
type view struct {
	finding finding
	hash    Hash
	data    []byte
	size    int64
	saved   time.Time // when the file was changed, renamed or touched last
	err     error
	partial bool // nothing is there, or what is there looks unfinished
}

// same reports whether two looks saw the same.
func (v view) same(u view) bool {
	return v.hash == u.hash && (v.finding == foundBlocked) == (u.finding == foundBlocked) &&
		(v.finding == foundNothing) == (u.finding == foundNothing)
}

// lookAt reads the file at path once. Whether a writer has it open is asked
// after the bytes were read: whoever opens it later raises an event.
func lookAt(path string, max int64) view {
	f, err := openForLook(path)
	if err != nil {
		if obstacle(err) == nil {
			return view{finding: foundNothing}
		}
		return view{finding: foundBlocked, err: err}
	}
	defer f.Close()
	before, err := f.Stat()
	if err != nil {
		return view{finding: foundBlocked, err: err}
	}
	if !before.Mode().IsRegular() {
		return view{finding: foundNothing}
	}
	if before.Size() > max {
		return view{finding: foundTooLarge, size: before.Size()}
	}
	data, err := readAll(f, before.Size(), max)
	if err != nil {
		if errors.Is(err, errGrew) {
			return view{finding: foundMoving}
		}
		return view{finding: foundBlocked, err: fmt.Errorf("read %s: %w", path, err)}
	}
	writer := writerOf(f)
	after, err := f.Stat()
	if err != nil {
		return view{finding: foundBlocked, err: err}
	}
	v := view{finding: writer, hash: Sum(data), data: data, size: int64(len(data)), saved: stampOf(after).saved()}
	if writer != foundHeld && (after.Size() != int64(len(data)) || !sameStamp(before, after)) {
		v.finding = foundMoving
	}
	return v
}

// maxOwnFile bounds the files that the watcher reads for itself: .devnodeignore, .git.
const maxOwnFile = 1 << 20

// readOwnFile is os.ReadFile for a file that the watcher reads for itself. A pipe
// or a device would make it wait, or read, for ever.
func readOwnFile(path string) ([]byte, error) {
	f, err := openForLook(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &os.PathError{Op: "read", Path: path, Err: errors.New("not a regular file")}
	}
	return readAll(f, min(info.Size(), maxOwnFile), maxOwnFile)
}

func sameStamp(a, b fs.FileInfo) bool {
	return a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}

var (
	errGrew     = errors.New("grew beyond the largest size")
	errTooLarge = errors.New("larger than the largest size that is watched")
)

func readAll(f *os.File, size, max int64) ([]byte, error) {
	var buf bytes.Buffer
	// ReadFrom wants room for one more read to see the end.
	buf.Grow(int(size) + bytes.MinRead)
	n, err := buf.ReadFrom(io.LimitReader(f, max+1))
	if err == nil && n > max {
		err = errGrew
	}
	return buf.Bytes(), err
}
