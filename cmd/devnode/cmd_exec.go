package main

import (
	"errors"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"devnode/console"
)

// newExec makes `devnode exec`.
func newExec(fds fds) *cobra.Command {
	var cfg console.ClientConfig
	cmd := &cobra.Command{
		Use:   "exec [--addr ADDR] COMMAND...",
		Short: "Run one command on a running node's console",
		Long: "Each word of the command is one argument; beyond your shell's own it needs no quotes.\n" +
			"The exit status is 0 when it succeeded, 1 when it failed, 2 when the node couldn't be reached.",
		Example: "  devnode exec list\n" +
			"  devnode exec call .counter '\"get\"'\n" +
			"  devnode exec inject .counter -e '_U.state.count = 42'",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(errors.New("exec: got no argument, want COMMAND"), "devnode exec list")
			}
			// ^C ends a live command, such as tail, in good order.
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
			defer stop()
			return exitStatus(console.Exec(ctx, cfg, args, fds.out, fds.err))
		},
	}
	cmd.Flags().StringVar(&cfg.Address, "addr", defaultAddress(), "`ADDR` of the node's console: HOST:PORT or unix:PATH")
	cmd.Flags().StringVar(&cfg.TokenFile, "token", "", "a `FILE` with the node's secret, where it asks for one")
	cmd.Flags().SetInterspersed(false)
	return cmd
}
