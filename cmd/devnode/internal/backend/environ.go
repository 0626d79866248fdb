package backend

import (
	"context"
	"fmt"

	"devnode/console"
)

// Getenv implements [console.Environ].
func (b *Backend) Getenv(key string) (string, bool) { return b.node.Getenv(key) }

// Setenv implements [console.Environ].
func (b *Backend) Setenv(key, value string) error {
	if !b.node.Setenv(key, value) {
		//lint:ignore ST1005 skynet's words
		return fmt.Errorf("Can't setenv exist key : %s", key)
	}
	return nil
}

// Keys implements [console.Environ].
func (b *Backend) Keys() []string { return b.node.EnvKeys() }

// Uniques implements [console.Uniques].
func (b *Backend) Uniques(context.Context) ([]console.Unique, error) {
	names, handles := b.node.Uniques()
	list := make([]console.Unique, len(names))
	for i := range names {
		list[i] = console.Unique{Name: names[i], Address: address(handles[i])}
	}
	return list, nil
}
