package main

import (
	"context"
	"os"

	"devnode/scripts"
)

// demoFolder is where the demo is in a clone of the repository.
const demoFolder = "scripts/demo"

// runDemo runs the demo from its folder, or the copy that is part of the binary.
func runDemo(ctx context.Context, fds fds, o runFlags) error {
	o.Main = demoFolder + "/main.lua"
	if _, err := os.Stat(o.Main); err == nil {
		return runMain(ctx, fds, o, nil)
	}
	return runEmbedded(ctx, fds, o)
}

// runEmbedded runs the demo out of the binary. There is nothing to edit then,
// so it says how to get files.
func runEmbedded(ctx context.Context, fds fds, o runFlags) error {
	folder, err := os.MkdirTemp("", "devnode-demo")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if err := os.CopyFS(folder, scripts.Demo()); err != nil {
		return err
	}
	o.Main = folder + "/main.lua"
	s, err := o.Resolve()
	if err != nil {
		return usage(err, "devnode --help")
	}
	return serve(ctx, fds, s, true)
}
