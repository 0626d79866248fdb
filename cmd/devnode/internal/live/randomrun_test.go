package live

import (
	"os"
	"strconv"
	"testing"
	"time"
)

// runLength is for how long a random test runs: as usual, or what the environment says.
func runLength(t *testing.T, variable string, usual time.Duration) time.Duration {
	t.Helper()
	s := os.Getenv(variable)
	if s == "" {
		return usual
	}
	long, err := time.ParseDuration(s)
	must(t, err)
	return long
}

// runSeed is what a random test draws its numbers by: always the same ones, unless
// DEVNODE_SEED has others. It is told in the log, to repeat a run.
func runSeed(t *testing.T) (seed uint64) {
	t.Helper()
	switch s := os.Getenv("DEVNODE_SEED"); s {
	case "":
		seed = 1
	case "random":
		seed = uint64(time.Now().UnixNano())
	default:
		var err error
		seed, err = strconv.ParseUint(s, 10, 64)
		must(t, err)
	}
	t.Logf("DEVNODE_SEED=%d", seed)
	return seed
}
