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

// hintError is an error with a next step, printed as a `try:` line.
type hintError struct {
	error
	try string
}

func (e hintError) Unwrap() error { return e.error }

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
