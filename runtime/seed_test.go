package runtime

import (
	"os"
	"strconv"
	"testing"
)

// seedOf is the seed of a random test: the same each time, unless DEVNODE_SEED says
// another one, a number as $RANDOM is.
func seedOf(t *testing.T) uint64 {
	t.Helper()
	text := os.Getenv("DEVNODE_SEED")
	if text == "" {
		return 1
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal("DEVNODE_SEED:", err)
	}
	t.Logf("DEVNODE_SEED=%d", seed)
	return seed
}
