//go:build !linux && !darwin

package watch

// unreliable can't tell here on what kind of file system dir is.
func unreliable(string) string { return "" }
