package console

import "errors"

// Error is an error whose text is all there is to it. Some texts are skynet's,
// capital letter included, because programs look for them.
type Error string

func (e Error) Error() string { return string(e) }

const (
	// ErrIncomplete is returned by an [Evaluator] for a chunk that lacks its
	// end: the console asks for another line.
	ErrIncomplete Error = "incomplete chunk"
	// ErrInvalidArguments is returned by [Node].Call for arguments that aren't
	// Lua. Wrap it to say where.
	ErrInvalidArguments Error = "Invalid arguments"
	// ErrNotAName is for a word such as ".nosuch" that should name a service.
	ErrNotAName Error = "Not a valid name"
	// ErrNeedAddress is for a word that is no address at all.
	ErrNeedAddress Error = "Need an address"
	// ErrQuit ends a connection in good order: the command quit.
	ErrQuit Error = "quit"

	errUnknownCommand Error = "Invalid command, type help for command list"
	errNeedArguments  Error = "need arguments"
	errInterrupted    Error = "interrupted"
)

// BusyError is why a [Node] didn't wait for a service's answer: the service runs
// something for long.
type BusyError struct {
	Doing string // as [Service].Doing
}

func (e BusyError) Error() string { return "it is running " + e.Doing }

// knownError is an error whose text programs know, from skynet, and people don't
// understand: meant says it for them.
type knownError struct {
	error
	meant string
}

func (e knownError) Unwrap() error { return e.error }

// meant is the text of an error for people.
func meant(err error) string {
	if known := (knownError{}); errors.As(err, &known) {
		return known.meant
	}
	return err.Error()
}

// GoesOnError is the error of code that a command has started and that goes on
// after the command's end.
type GoesOnError struct {
	What  string // what goes on: "the code goes on: it waits at fix.lua:3"
	Try   string // the command that ends it
	Cause error  // the end of the command's context
}

func (e GoesOnError) Error() string { return e.What }
func (e GoesOnError) Unwrap() error { return e.Cause }

// hintError is an error with a next step, printed as a `try:` line.
type hintError struct {
	error
	try string
}

func (e hintError) Unwrap() error { return e.error }

// Try is the next step, for who prints the error elsewhere than on a console.
func (e hintError) Try() string { return e.try }

// hint adds a next step to an error; with an empty one it is err itself.
func hint(err error, try string) error {
	if err == nil || try == "" {
		return err
	}
	return hintError{err, try}
}

// tryOf is the next step of an error, or empty.
func tryOf(err error) string {
	var h hintError
	if errors.As(err, &h) {
		return h.try
	}
	return ""
}
