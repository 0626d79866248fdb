package backend

import (
	"context"
	"errors"
	"strings"

	"devnode/console"
	"devnode/runtime"
	"devnode/runtime/lua/syntax"
)

// Eval implements [console.Evaluator].
func (b *Backend) Eval(ctx context.Context, in console.Address, file, code string) (console.Output, error) {
	res, err := b.node.Inject(ctx, handle(in), runtime.InjectOptions{
		Chunk: "=use", File: file, Code: code, Expression: true, REPL: true,
	})
	var fault *syntax.Error
	if errors.As(err, &fault) && fault.Incomplete {
		return console.Output{}, console.ErrIncomplete
	}
	return output(res), goesOn(ctx, err)
}

// goesOn is first for code that was injected: where it goes on, it says how to end
// it. What waits is a task to kill; a signal would meet whatever runs.
func goesOn(ctx context.Context, err error) error {
	var on *runtime.GoesOnError
	if !errors.As(err, &on) {
		return first(ctx, err)
	}
	try := "signal " + on.Service.String()
	switch {
	case len(on.Started) == 1:
		try = killTask(on.Service, on.Started[0])
	case len(on.Started) > 1:
		try = "task " + on.Service.String() + ", then killtask for each"
	case on.Waits:
		try = killTask(on.Service, on.Task)
	}
	return console.GoesOnError{What: on.What(), Try: try, Cause: on.Cause}
}

func killTask(h runtime.Handle, t runtime.TaskInfo) string {
	return "killtask " + h.String() + " " + strings.TrimPrefix(t.Name, "thread: ")
}

// Complete implements [console.Evaluator].
func (b *Backend) Complete(ctx context.Context, in console.Address, file, prefix string) ([]string, error) {
	words, err := b.node.Complete(ctx, handle(in), file, prefix)
	return words, first(ctx, err)
}
