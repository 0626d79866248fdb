package live

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"devnode/runtime"
	"devnode/watch"
)

// refuseTime is how long a service may take to be told that a file of its can't be
// read.
const refuseTime = time.Second

// readable are the changes but those of files that can't be read: for the services
// that have loaded such a file they are failed reloads. What the file holds is taken
// once it can be read.
func (r *Reloader) readable(ctx context.Context, changes []watch.Change) []watch.Change {
	return slices.DeleteFunc(changes, func(c watch.Change) bool {
		if c.Op != watch.Unreadable {
			return false
		}
		r.mu.Lock()
		delete(r.current, c.Path)
		delete(r.saved, c.Path)
		r.mu.Unlock()
		r.refuse(ctx, c)
		return true
	})
}

func (r *Reloader) refuse(ctx context.Context, c watch.Change) {
	var users []runtime.Handle
	for _, info := range r.node.List() {
		if loaded, _ := r.node.Dependencies(info.Handle); loaded[c.Path] != (runtime.Hash{}) {
			users = append(users, info.Handle)
		}
	}
	reason := fmt.Errorf("%s can't be read: %w", short(c.Path), causeOf(c.Err))
	if len(users) == 0 {
		r.remember(c.Path, reason.Error())
		r.options.Log("saved %v", reason)
		return
	}
	b := watch.Batch{Changes: []watch.Change{c}}
	r.reloads.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, refuseTime)
		defer cancel()
		r.note(b, nil, plan{}, r.node.RefuseReload(ctx, users, c.Path, trigger(b), reason))
	})
}

// causeOf is an error without the path that is said already.
func causeOf(err error) error {
	if at := (*fs.PathError)(nil); errors.As(err, &at) {
		return at.Err
	}
	return err
}
