package main

import (
	"errors"

	"github.com/spf13/cobra"

	"devnode/console"
)

// newExec makes `devnode exec`.
func newExec(fds fds) *cobra.Command {
	var addr string
	cmd := &cobra.Command{
		Use:   "exec [--addr ADDR] COMMAND...",
		Short: "Run one command on a running node's console",
		Long:  "The exit status is 0 when the command succeeded.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(errors.New("exec: got no argument, want COMMAND..."), "devnode exec list")
			}
			return errors.New("exec: not yet")
		},
	}
	cmd.Flags().StringVar(&addr, "addr", console.DefaultAddress, "`ADDR` of the node's console")
	cmd.Flags().SetInterspersed(false)
	return cmd
}
