//go:build purego

package layout

import "hash/maphash"

// Bytes is a string as bytes, which must not be changed.
func Bytes(s string) []byte { return []byte(s) }

// String is bytes as a string: nobody may change them any more.
func String(b []byte) string { return string(b) }

var seed = maphash.MakeSeed()

// Address tells strings apart, here by what they are.
func Address(s string) uintptr { return uintptr(maphash.String(seed, s)) | 1 }

// Slice is the n bytes from first on, nil here: they can't be found again.
func Slice(*byte, int) []byte { return nil }
