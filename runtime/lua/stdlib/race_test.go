//go:build race

package stdlib

// raceEnabled: the race detector multiplies what memory and time anything takes.
const raceEnabled = true
