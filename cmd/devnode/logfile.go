package main

import (
	"os"
	"time"

	"devnode/console"
)

// openLog makes the log: to standard error, or to the file that the settings name.
func (s *server) openLog() error {
	s.stdout = &outlet{to: s.fds.out}
	s.log = &logSink{
		journal: console.NewJournal(journalLength), asJSON: s.settings.LogJSON, now: time.Now,
		out: &outlet{to: s.fds.err},
	}
	if s.settings.LogFile == "" {
		return nil
	}
	return s.openLogFile()
}

func (s *server) openLogFile() error {
	f, err := os.OpenFile(s.settings.LogFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	old := s.logFile
	s.logFile = f
	s.log.out.turnTo(f)
	if old != nil {
		_ = old.Close()
	}
	return nil
}

// reopenLog opens the log's file anew, since the one of that name was moved away,
// or has the script that takes the log do so with its own. It is false when the
// log is neither.
func (s *server) reopenLog() bool {
	if s.node.ReopenLog() {
		return true
	}
	if s.logFile == nil {
		return false
	}
	if err := s.openLogFile(); err != nil {
		s.log.logf("the log goes on in the old file: %v", err)
	}
	return true
}
