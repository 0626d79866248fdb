package main

import (
	"errors"

	"github.com/spf13/cobra"

	"devnode/console"
)

// newConsole makes `devnode console`.
func newConsole(fds fds) *cobra.Command {
	return &cobra.Command{
		Use:   "console [ADDR]",
		Short: "Attach a prompt to a running node",
		Long:  "ADDR is what the node was given as --console; 127.0.0.1:8000 without one.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage(errors.New("console: want one address"), "devnode console "+console.DefaultAddress)
			}
			return errors.New("console: not yet")
		},
	}
}
