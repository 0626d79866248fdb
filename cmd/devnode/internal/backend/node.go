package backend

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"devnode/console"
	"devnode/runtime"
	"devnode/runtime/lua/sourcefile"
)

// Services implements [console.Node]. It asks no service.
func (b *Backend) Services(context.Context) ([]console.Service, error) {
	var list []console.Service
	for _, info := range b.node.List() {
		list = append(list, service(info))
	}
	return list, nil
}

func service(info runtime.ServiceInfo) console.Service {
	s := console.Service{
		Address: address(info.Handle), Kind: "snlua", Script: info.Script, Args: strings.Join(info.Args, " "),
		Names: info.Names, Generation: info.Generation, State: info.State,
		ReloadStatus: console.ReloadStatus{Error: info.Failure, FailedAt: info.FailedAt},
		System:       info.System, Mailbox: info.Mailbox, Messages: int64(info.Messages), CPU: info.CPU,
		Memory: -1, Tasks: info.Tasks, Endless: info.Endless, Busy: info.Busy, Doing: info.Doing,
	}
	if info.Memory > 0 {
		s.Memory = info.Memory
	}
	if info.System {
		s.Kind, s.Script, s.State = info.Script, "", "running"
	}
	if info.Draining > 0 && s.State == "running" {
		s.State = "draining"
	}
	if r := info.LastReload; r != nil && r.From > 0 {
		now := *r
		now.Report.Stale = info.Stale // what was stale may have ended
		s.LastReload, s.ReloadNote, s.Outcome = r.At, note(now), outcome(now)
	}
	return s
}

// note is a reload in a few words, for `list` and `history`.
func note(r runtime.ReloadRecord) string {
	var words []string
	if r.From > 0 && r.Err == nil {
		words = append(words, fmt.Sprintf("%d → %d", r.From, r.Generation), noteOf(r))
	}
	if r.Trigger != "" {
		words = append(words, r.Trigger)
	}
	return strings.Join(words, ", ")
}

// noteOf says whether a service was patched or reloaded, what that did, and why.
func noteOf(r runtime.ReloadRecord) string {
	if r.Word() == "unchanged" {
		return "the files that run already"
	}
	switch brief := r.Brief(); {
	case brief == "":
		return r.Word()
	case strings.HasPrefix(brief, "not patched"):
		return r.Word() + ", " + brief
	default:
		return r.Word() + ": " + brief
	}
}

// Launch implements [console.Node].
func (b *Backend) Launch(ctx context.Context, r console.LaunchRequest) (console.Address, error) {
	if r.Kind != "snlua" {
		return 0, fmt.Errorf("services of kind %s can't be launched here: want snlua", r.Kind)
	}
	h, err := b.node.Launch(ctx, r.Name, r.Args...)
	if errors.Is(err, runtime.ErrExited) {
		return 0, nil
	}
	if err == nil && r.Log {
		err = b.node.LogMail(h, true) // from its start function's end on
	}
	return address(h), first(ctx, folderGone(err))
}

// Exit implements [console.Node].
func (b *Backend) Exit(ctx context.Context, to console.Address) error {
	return first(ctx, b.node.Exit(ctx, handle(to)))
}

// Kill implements [console.Node].
func (b *Backend) Kill(_ context.Context, to console.Address) error { return b.node.Kill(handle(to)) }

// Signal implements [console.Node].
func (b *Backend) Signal(_ context.Context, to console.Address, n int) (string, error) {
	if n != 0 {
		return "", fmt.Errorf("signal %d: only 0 has a meaning", n)
	}
	met, err := b.node.Signal(handle(to), n)
	switch {
	case errors.Is(err, runtime.ErrIdle):
		return "", nil
	case err != nil:
		return "", err
	case met.At == "":
		return met.String() + ", once it runs Lua again", nil
	}
	return met.String(), nil
}

// Call implements [console.Node].
func (b *Backend) Call(ctx context.Context, to console.Address, args string) ([]console.Value, error) {
	sent, err := b.node.EvalArguments(args)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", console.ErrInvalidArguments, err)
	}
	got, err := b.node.Call(ctx, handle(to), sent...)
	if err != nil {
		return nil, first(ctx, err)
	}
	return values(got), nil
}

// Source implements [console.Node].
func (b *Backend) Source(file string) (string, error) {
	data, err := sourcefile.Read(file)
	return string(data), err
}

// Inject implements [console.Node].
func (b *Backend) Inject(ctx context.Context, to console.Address, r console.InjectRequest) (console.Output, error) {
	res, err := b.node.Inject(ctx, handle(to), runtime.InjectOptions{
		Chunk: r.Chunk, Code: r.Code, Args: r.Args, Expression: r.Expression,
	})
	return output(res), goesOn(ctx, err)
}

func output(res runtime.InjectResult) console.Output {
	return console.Output{Printed: res.Printed, Values: values(res.Values)}
}
