package live

import (
	"os"
	"strconv"
	"testing"
	"time"
)

// lengthAndSeed are how long a test of random saves goes on, and with which: the same each
// time, unless the environment's variable gives a duration, and DEVNODE_SEED a number.
func lengthAndSeed(t *testing.T, variable string, length time.Duration) (time.Duration, uint64) {
	t.Helper()
	seed := uint64(1)
	var err error
	if s := os.Getenv(variable); s != "" {
		if length, err = time.ParseDuration(s); err != nil {
			t.Fatal(variable, err)
		}
	}
	if s := os.Getenv("DEVNODE_SEED"); s != "" {
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal("DEVNODE_SEED", err)
		}
	}
	t.Logf("%s of seed %d", length, seed)
	return length, seed
}
