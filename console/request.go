package console

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// node is the node that the command asks.
func (r *request) node() Node { return r.shell.console.cfg.Backend.Node }

// backend is the node in all its groups.
func (r *request) backend() Backend { return r.shell.console.cfg.Backend }

// services returns the node's services in the order of their addresses.
func (r *request) services(ctx context.Context) ([]Service, error) {
	all, err := r.node().Services(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, compareServices)
	return all, nil
}

// service finds the service of the nth word. Inside `use`, an address that is
// left out means the service in use.
func (r *request) service(ctx context.Context, n int) (Service, error) {
	all, err := r.services(ctx)
	if err != nil {
		return Service{}, err
	}
	s, err := Resolve(all, r.word(n))
	if err != nil {
		return s, err
	}
	r.about = &s
	return s, nil
}

// audit puts a command that changes or runs something into the log, with who
// asked for it.
func (r *request) audit(format string, args ...any) {
	r.shell.audit(format, args...)
}

// title is how a service is called in rows and errors: ":0000000b (snlua worker)".
func (s Service) title() string { return fmt.Sprintf("%v (%s)", s.Address, s.command()) }

// command is what launched the service, as skynet's `list` shows it: "snlua
// worker a b c".
func (s Service) command() string {
	c := s.Kind
	for _, part := range []string{s.Script, s.Args} {
		if part != "" {
			c += " " + part
		}
	}
	return c
}

// explain turns the end of a deadline into an answer that names the service that
// didn't answer, and what it is doing.
func (r *request) explain(err error) error {
	if p, ok := err.(partial); ok {
		return partial{p.Result, r.explain(p.error)}
	}
	var on GoesOnError
	if errors.As(err, &on) {
		return hint(fmt.Errorf("%s; %s", r.ending(err), on.What), on.Try)
	}
	var busy BusyError
	if errors.As(err, &busy) && r.about != nil {
		return r.busy(*r.about, busy)
	}
	canceled := errors.Is(err, context.Canceled)
	switch {
	case !canceled && !errors.Is(err, context.DeadlineExceeded):
		return err
	case canceled && (r.about == nil || r.cmd.Name == "inject" || r.cmd.Name == "use"):
		return errInterrupted // and what was injected has ended
	case r.about == nil:
		return errors.New(r.ending(err))
	}
	return r.silent(*r.about, err)
}

// busy says what a service runs that wasn't waited for.
func (r *request) busy(s Service, err BusyError) error {
	return hint(fmt.Errorf("%s %s: %w", r.cmd.Name, s.title(), err), fmt.Sprintf("signal %v", s.Address))
}

// ending says why a command has stopped waiting.
func (r *request) ending(err error) string {
	switch {
	case errors.Is(err, context.Canceled):
		return errInterrupted.Error()
	case r.about == nil:
		return fmt.Sprintf("%s: no answer in %s", r.cmd.Name, duration(r.limit))
	}
	return fmt.Sprintf("%s %s: no answer in %s", r.cmd.Name, r.about.title(), duration(r.limit))
}

// silent says that a service didn't answer, what it does instead, and the next
// step: what runs is ended by signal, what waits is found by task.
func (r *request) silent(s Service, why error) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	doing, try := "it is idle now", fmt.Sprintf("task %v", s.Address)
	if r.cmd.Name == "call" {
		doing = "what it was asked waits in it"
	}
	switch now, err := r.serviceAt(ctx, s.Address); {
	case err != nil:
		doing, try = "it is gone", ""
	case now.Doing != "":
		doing, try = "it is running "+now.Doing, fmt.Sprintf("signal %v", s.Address)
	case now.Mailbox > 0:
		doing, try = fmt.Sprintf("%s wait in its mailbox", count(now.Mailbox, "message")), fmt.Sprintf("signal %v", s.Address)
	case errors.Is(why, context.Canceled) && r.cmd.Name != "call":
		return errInterrupted
	}
	return hint(fmt.Errorf("%s; %s", r.ending(why), doing), try)
}

func (r *request) serviceAt(ctx context.Context, a Address) (Service, error) {
	all, err := r.node().Services(ctx)
	if err != nil {
		return Service{}, err
	}
	for _, s := range all {
		if s.Address == a {
			return s, nil
		}
	}
	return Service{}, fmt.Errorf("no service at %v", a)
}

// together asks several services at once, so that one that hangs costs its own
// row and no other. ask's error becomes the row's note.
func together(ctx context.Context, services []Service, ask func(context.Context, int, Service) error) []error {
	const atOnce = 16
	errs := make([]error, len(services))
	gate := make(chan struct{}, atOnce)
	var wg sync.WaitGroup
	for i, s := range services {
		wg.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			errs[i] = ask(ctx, i, s)
		})
	}
	wg.Wait()
	return errs
}
