package main

import (
	"context"
	"errors"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"devnode/console"
)

// newExec makes `devnode exec`.
func newExec(fds fds) *cobra.Command {
	var client clientFlags
	var answer answerFlags
	cmd := &cobra.Command{
		Use:   "exec [flags] COMMAND...",
		Short: "Run one command on a running node's console",
		Long: "Each word of the command is one argument; beyond your shell's own it needs no quotes.\n" +
			"The flags work behind the command, too; what is behind a lone -- is the service's.\n" +
			"The exit status is 0 when it succeeded, 1 when it failed, 2 when the node couldn't be reached.",
		Example: "  devnode exec list\n" +
			"  devnode exec call .counter '\"get\"'\n" +
			"  devnode exec inject .counter -e '_U.state.count = 42'",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(errors.New("exec: got no argument, want COMMAND"), "devnode exec list")
			}
			args, err := client.take(args)
			if err != nil {
				return err
			}
			if len(args) > 0 {
				args = answer.put(args)
			}
			// ^C ends a live command, such as tail, in good order.
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
			defer stop()
			context.AfterFunc(ctx, stop) // a second ^C doesn't wait for the answer
			return exitStatus(console.Exec(ctx, client.config(), args, fds.out, fds.err))
		},
	}
	client.add(cmd.Flags())
	answer.add(cmd.Flags())
	cmd.Flags().SetInterspersed(false)
	return cmd
}
