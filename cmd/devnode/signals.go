package main

import (
	"os"
	"os/signal"
	"syscall"
)

// signals are those that ask the program to end: the first for an orderly end,
// the second for one at once.
type signals struct {
	caught chan os.Signal
}

func catchSignals() *signals {
	s := &signals{caught: make(chan os.Signal, 2)}
	signal.Notify(s.caught, os.Interrupt, syscall.SIGTERM)
	return s
}

func (s *signals) release() { signal.Stop(s.caught) }
