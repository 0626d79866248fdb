package main

import (
	"os"
	"os/signal"
	"syscall"
)

// signals are those that the program reacts to. Of those that ask it to end the
// first is for an orderly end, the second for one at once.
type signals struct {
	caught chan os.Signal
	hangup chan os.Signal // the terminal is gone, or the log is to be opened anew
}

func catchSignals() *signals {
	s := &signals{caught: make(chan os.Signal, 2), hangup: make(chan os.Signal, 1)}
	signal.Notify(s.caught, os.Interrupt, syscall.SIGTERM)
	return s
}

// catchHangup catches hangups, too. One that the program was started to ignore,
// as by nohup, stays ignored, unless it can mean the log.
func (s *signals) catchHangup(logTurns bool) {
	if logTurns || !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(s.hangup, syscall.SIGHUP)
	}
}

func (s *signals) release() {
	signal.Stop(s.caught)
	signal.Stop(s.hangup)
}
