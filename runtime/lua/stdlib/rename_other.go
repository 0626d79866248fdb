//go:build !unix

package stdlib

import "os"

func rename(from, to string) error { return os.Rename(from, to) }
