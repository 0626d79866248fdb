package skiplist_test

import (
	"testing"

	"devnode/runtime/library/librarytest"
)

// TestConformance wants what lua-zset's list in C answers.
func TestConformance(t *testing.T) { librarytest.Conformance(t) }
