package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"devnode/console"
)

// fds are the three files that a program starts with.
type fds struct {
	in, out, err *os.File
}

// exit statuses.
const (
	statusOK          = 0
	statusFailed      = 1   // what was asked for failed
	statusUsage       = 2   // it was asked for in a wrong way
	statusInterrupted = 130 // ended by a second ^C, as shells count it
)

// run is the whole program but for the end of the process.
func run(ctx context.Context, fds fds, args []string) int {
	root := newRoot(fds)
	root.SetArgs(shortForm(root, args))
	root.SetIn(fds.in)
	root.SetOut(console.PrintableOn(fds.out))
	root.SetErr(console.PrintableOn(fds.err))
	err := root.ExecuteContext(ctx)
	var status statusError
	switch {
	case err == nil:
		return statusOK
	case errors.As(err, &status):
		if status.error != nil {
			say(fds.err, status.error)
		}
		return status.code
	default:
		say(fds.err, err)
		return statusFailed
	}
}

// say prints an error, and its next step where there is one.
func say(errs *os.File, err error) {
	w := console.PrintableOn(errs)
	fmt.Fprintln(w, "devnode:", err)
	var h hintError
	if errors.As(err, &h) {
		fmt.Fprintln(w, "try:", h.try)
	}
}

// statusError ends the program with a status of its own; a nil error says
// nothing more.
type statusError struct {
	error
	code int
}

func (e statusError) Unwrap() error { return e.error }

// hintError is an error with a next step.
type hintError struct {
	error
	try string
}

func (e hintError) Unwrap() error { return e.error }

// usage marks an error as one of how the program was called.
func usage(err error, try string) error {
	return statusError{hintError{err, try}, statusUsage}
}
