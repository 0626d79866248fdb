package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"devnode/console"
)

// openLog makes the log: to standard output, as skynet's goes, or to the file that
// the settings name. What devnode itself has to say goes to standard error.
func (s *server) openLog() error {
	s.stdout = &outlet{to: console.PrintableOn(s.fds.out)}
	s.words = &outlet{to: console.PrintableOn(s.fds.err)}
	s.log = &logSink{
		journal: console.NewJournal(journalLength), asJSON: s.settings.LogJSON, now: time.Now,
		out: &outlet{to: console.PrintableOn(s.fds.out)},
	}
	if s.settings.LogFile == "" {
		return nil
	}
	return s.openLogFile()
}

// stderr is the io.stderr of services: the file itself, which programs that they
// run can be given, or the way to the terminal.
func (s *server) stderr() io.Writer {
	if to := console.PrintableOn(s.fds.err); to == io.Writer(s.fds.err) {
		return to
	}
	return s.words
}

func (s *server) openLogFile() error {
	// A pipe that nobody reads would keep the node from starting, without a word.
	f, err := os.OpenFile(s.settings.LogFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY|nonBlocking, 0o644)
	if err != nil {
		return fmt.Errorf("log: %w", err)
	}
	old := s.logFile
	s.logFile = f
	s.log.out.turnTo(console.PrintableOn(f))
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

// seesLog tells whether who reads what devnode itself says reads the log, too.
func (s *server) seesLog() bool {
	if s.logFile != nil || s.settings.LogScript() {
		return false
	}
	out, err := s.fds.out.Stat()
	if err != nil {
		return false
	}
	errs, err := s.fds.err.Stat()
	return err == nil && os.SameFile(out, errs)
}

// tell says something on standard error, above the prompt where there is one.
func (s *server) tell(format string, args ...any) {
	fmt.Fprintf(s.words, "devnode: "+format+"\n", args...)
}
