package watch

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Hash is the SHA-256 of a file's bytes. The zero Hash stands for a file that
// isn't there.
type Hash [sha256.Size]byte

// Sum returns the hash of data.
func Sum(data []byte) Hash { return sha256.Sum256(data) }

// Absent reports whether h stands for a file that isn't there.
func (h Hash) Absent() bool { return h == Hash{} }

// String returns the first 8 hexadecimal digits, as listings show them, or
// "absent".
func (h Hash) String() string {
	if h.Absent() {
		return "absent"
	}
	return hex.EncodeToString(h[:4])
}

// Op says what became of a file since the consumer last heard of it.
type Op int

const (
	Changed    Op = iota // its bytes differ, or Doubt was called
	Created              // it wasn't there, and now is
	Removed              // it was there, and no longer is
	Unreadable           // it is there, but can't be read, or is too large
)

// String returns the name of op in lower case.
func (op Op) String() string {
	switch op {
	case Created:
		return "created"
	case Removed:
		return "removed"
	case Unreadable:
		return "unreadable"
	}
	return "changed"
}

// Change is one file of a batch, with the bytes that it settled on. They were
// read once: who compiles Data runs exactly what Hash names, whatever happens
// to the file meanwhile.
type Change struct {
	Path string // absolute and clean, as the root or the path was given: symlinks in it are kept
	Op   Op
	Hash Hash   // zero when Op is Removed or Unreadable
	Data []byte // nil when Op is Removed or Unreadable; the receiver's own, the watcher keeps no reference
	Err  error  // why it is Unreadable
}

// Batch is a set of files that were saved together, ordered by path, each of
// them once.
type Batch struct {
	Changes []Change
	Saved   time.Time // when the files were changed, as the file system tells; First where it doesn't
	First   time.Time // when the first event of it was seen
	Settled time.Time // when the last file of it was known to be whole and nothing more was expected
}
