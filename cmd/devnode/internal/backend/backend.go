package backend

import (
	"context"
	"errors"
	"fmt"
	"os"

	"devnode/console"
	"devnode/runtime"
)

// Options are what a node doesn't know of itself.
type Options struct {
	// Journal is the node's log, for `tail`; nil takes the command away.
	Journal *console.Journal
	// Events are what happens to services, for `tail --events`.
	Events *console.Journal
	// Times has the log say where the time of a reload went.
	Times bool
	// ModeOf is what a save of these contents would be to a service, and who says
	// so; nil where nothing is watched.
	ModeOf func(h runtime.Handle, contents map[string][]byte) (mode, who string)
	// Watcher answers `watch`; nil takes the command away.
	Watcher console.Watcher
}

// Backend answers the console's questions about one node.
type Backend struct {
	node    *runtime.Node
	options Options
	garbage garbage
}

// New makes the backend of a node.
func New(node *runtime.Node, options Options) *Backend {
	return &Backend{node: node, options: options}
}

// Console is the backend in the groups that this node offers.
func (b *Backend) Console() console.Backend {
	return console.Backend{
		Node: b, Reloader: b, Evaluator: b, Environ: b, Uniques: b,
		MailLog: b, CodeCache: b, Tracer: b, Sockets: b,
		Watcher: b.options.Watcher, Journal: b.options.Journal, Events: b.options.Events,
	}
}

// handle is the runtime's word for a console's address.
func handle(a console.Address) runtime.Handle { return runtime.Handle(a) }

func address(h runtime.Handle) console.Address { return console.Address(h) }

// first prefers the end of ctx to what it led to: callers look for it.
func first(ctx context.Context, err error) error {
	var busy *runtime.BusyError
	if errors.As(err, &busy) {
		return console.BusyError{Doing: busy.Doing.String()}
	}
	if err != nil && ctx.Err() != nil {
		return ended{ctx.Err(), err}
	}
	return err
}

// folderGone adds to an error that the working folder is gone, where that is so: it
// is why nothing is found.
func folderGone(err error) error {
	if err == nil {
		return nil
	}
	if _, lost := os.Getwd(); lost != nil {
		return fmt.Errorf("%w\nthe working folder is gone: make it again, with its files, or start devnode in another", err)
	}
	return err
}

// ended is the end of a context, in the words of what it cut short.
type ended struct{ cause, detail error }

func (e ended) Error() string   { return e.detail.Error() }
func (e ended) Unwrap() []error { return []error{e.cause, e.detail} }
