//go:build !purego

package layout

import "unsafe"

// Bytes is a string as bytes, which must not be changed.
func Bytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// String is bytes as a string: nobody may change them any more.
func String(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Address tells strings apart by where their bytes are: equal ones may have
// different addresses, and those with the same address and length are equal.
func Address(s string) uintptr { return uintptr(unsafe.Pointer(unsafe.StringData(s))) }

// Slice is the n bytes from first on. They must be there.
func Slice(first *byte, n int) []byte { return unsafe.Slice(first, n) }
