package actor

// Actor is what has a handle and a mailbox, and is driven by a Scheduler: the part of a
// service that needs no code.
type Actor struct {
	Mailbox Mailbox
	// Owner handles what comes in. It is set before the actor is registered.
	Owner Owner
	// Lingers tells that the actor's end takes its time: from Directory.Retire to
	// Directory.Ended it is listed as leaving.
	Lingers bool

	handle Handle
}

// Owner is the service that an actor is a part of.
type Owner interface {
	// Run handles messages until there are none, or others have waited long enough
	// (Worker.GoesOn). Once the mailbox was found empty the actor may be in another
	// worker's hands, so from then on nothing of it is touched. It is false where the
	// turn goes on on another goroutine, which calls Run again.
	Run(w *Worker) bool
}

// Handle is the actor's handle, 0 before it is registered.
func (a *Actor) Handle() Handle { return a.handle }
