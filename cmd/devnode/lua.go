package main

import (
	"context"
	"errors"
)

func runLua(ctx context.Context, fds fds, args []string) error {
	return errors.New("lua: not yet")
}
