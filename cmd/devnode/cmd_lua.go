package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"devnode/cmd/devnode/internal/plainlua"
	"devnode/console"
)

// newLua makes `devnode lua`.
func newLua(fds fds) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lua [FILE [ARG...]]",
		Short: "Run a plain Lua script, without services, in devnode's Lua",
		Long: "FILE - is standard input, as is none at all; on a terminal that is a prompt.\n" +
			"The exit status is as lua's: what os.exit says, and 1 after an error.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return runLua(cmd.Context(), fds, args)
		},
	}
	cmd.Flags().SetInterspersed(false)
	return cmd
}

// runLua runs a script, standard input, or a prompt.
func runLua(ctx context.Context, fds fds, args []string) error {
	m := plainlua.New(plainlua.Streams{In: fds.in, Out: fds.out, Err: fds.err}, append([]string{"devnode lua"}, args...), -1)
	defer m.Close()
	if len(args) == 0 && console.IsTerminal(fds.in, fds.out) {
		return exitStatus(m.Prompt(ctx, fds.in, fds.out))
	}
	source, chunk, err := luaSource(fds.in, args)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	var rest []string
	if len(args) > 0 {
		rest = args[1:]
	}
	return exitStatus(m.Run(ctx, source, chunk, rest))
}

func luaSource(in io.Reader, args []string) (source []byte, chunk string, err error) {
	if len(args) == 0 || args[0] == "-" {
		source, err = io.ReadAll(in)
		return source, "=stdin", err
	}
	source, err = os.ReadFile(args[0])
	if errors.Is(err, os.ErrNotExist) {
		err = fmt.Errorf("lua: cannot open %s: no such file", args[0])
	}
	return source, "@" + args[0], err
}

// exitStatus is a status that was explained already.
func exitStatus(code int) error {
	if code == statusOK {
		return nil
	}
	return statusError{code: code}
}
