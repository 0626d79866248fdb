package vm

import "devnode/runtime/lua/value"

// FrozenWeight is about how many bytes a frozen table takes, with all in it. Services that
// have it aren't weighed with it.
func FrozenWeight(t *value.Table) int64 {
	s := Scale{frozen: true}
	s.Value(t)
	return s.Bytes
}
