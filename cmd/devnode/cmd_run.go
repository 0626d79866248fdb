package main

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"devnode/cmd/devnode/internal/settings"
)

// newRun makes `devnode run`.
func newRun(fds fds) *cobra.Command {
	var o runFlags
	cmd := &cobra.Command{
		Use:   "run [flags] MAIN [ARG...]",
		Short: "Run a service and those that it launches, and reload each when its file is saved",
		Long: "MAIN is a .lua file, or the name of a service that --path finds. What stands behind it are its arguments.\n" +
			"With --config it may be left out: then it is what the file's `start` says, or main.\n" +
			"MAIN may also be such a configuration file itself.",
		Example: "  devnode run service/main.lua\n" +
			"  devnode run --path 'service/?.lua' --env port=8888 main\n" +
			"  devnode run --config etc/config",
		RunE: func(cmd *cobra.Command, args []string) error {
			return runMain(cmd.Context(), fds, o, args)
		},
	}
	o.add(cmd.Flags())
	cmd.Flags().SetInterspersed(false)
	return cmd
}

// hasFolder tells whether this process has a working folder that is still there.
func hasFolder() bool {
	_, err := os.Getwd()
	return err == nil
}

func runMain(ctx context.Context, fds fds, o runFlags, args []string) error {
	if len(args) > 0 {
		o.Main, o.Args = args[0], args[1:]
	}
	s, err := o.Resolve()
	var missing *settings.MissingError
	switch {
	case errors.As(err, &missing) && !hasFolder():
		return hintError{errors.New("the working folder is gone"), "cd to a folder that is there"}
	case errors.As(err, &missing):
		return hintError{err, "devnode run PATH/TO/MAIN.lua, or --path 'DIR/?.lua'"}
	case err != nil:
		return usage(err, "devnode run --help")
	}
	return serve(ctx, fds, s, false)
}
