// Command devnode is a dev server for Lua actor services: save a file, and the
// service that runs it has the new code.
package main

import (
	"context"
	"fmt"
	"os"

	"devnode/cmd/devnode/internal/heap"
	"devnode/runtime/lua/layout"
)

func main() {
	if err := layout.Check(); err != nil {
		fmt.Fprintln(os.Stderr, "devnode:", err)
		os.Exit(1)
	}
	heap.Tune(heap.Headroom)
	os.Exit(run(context.Background(), fds{in: os.Stdin, out: os.Stdout, err: os.Stderr}, os.Args[1:]))
}
