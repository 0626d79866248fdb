//go:build race

package runtime

// raceEnabled: the race detector multiplies what memory and time anything takes.
const raceEnabled = true
