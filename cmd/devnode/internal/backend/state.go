package backend

import (
	"context"

	"devnode/console"
	"devnode/runtime"
)

// state lists what a reload would have to carry.
func (b *Backend) state(ctx context.Context, h runtime.Handle, _ []string) ([]console.Value, error) {
	list, err := b.node.State(ctx, h)
	if err != nil {
		return nil, err
	}
	out := object()
	for _, v := range list {
		out.Fields = append(out.Fields, field(v.Name, console.Text(v.What+"; "+v.Fate)))
	}
	return []console.Value{out}, nil
}
