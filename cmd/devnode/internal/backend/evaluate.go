package backend

import (
	"context"
	"errors"

	"devnode/console"
	"devnode/runtime"
	"devnode/runtime/syntax"
)

// Eval implements [console.Evaluator].
func (b *Backend) Eval(ctx context.Context, in console.Address, code string) (console.Output, error) {
	res, err := b.node.Inject(ctx, handle(in), runtime.InjectOptions{
		Chunk: "=use", Code: code, Expression: true, Lasting: true,
	})
	var fault *syntax.Error
	if errors.As(err, &fault) && fault.Incomplete {
		return console.Output{}, console.ErrIncomplete
	}
	return output(res), first(ctx, err)
}

// Complete implements [console.Evaluator].
func (b *Backend) Complete(ctx context.Context, in console.Address, prefix string) ([]string, error) {
	words, err := b.node.Complete(ctx, handle(in), prefix)
	return words, first(ctx, err)
}
