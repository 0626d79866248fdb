package main

import (
	"github.com/spf13/cobra"
)

// newLua makes `devnode lua`.
func newLua(fds fds) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lua [FILE [ARG...]]",
		Short: "Run a plain Lua script, without services, in devnode's Lua",
		RunE: func(cmd *cobra.Command, args []string) error {
			return runLua(cmd.Context(), fds, args)
		},
	}
	cmd.Flags().SetInterspersed(false)
	return cmd
}
