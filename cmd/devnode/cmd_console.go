package main

import (
	"github.com/spf13/cobra"

	"devnode/console"
	"devnode/console/editor"
)

// newConsole makes `devnode console`.
func newConsole(fds fds) *cobra.Command {
	var client clientFlags
	cmd := &cobra.Command{
		Use:   "console [ADDR]",
		Short: "Attach a prompt to a running node, or send it the commands on standard input",
		Long: "ADDR is what the node was given as --console, HOST:PORT or unix:PATH; without one, what the variable DEVNODE_CONSOLE says, or 127.0.0.1:8000.\n" +
			"The exit status is 0 unless a command failed (1) or the node couldn't be reached, or closed the connection (2).",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := client.positional(args); err != nil {
				return err
			}
			cfg := client.config()
			if path, err := editor.HistoryPath(); err == nil {
				cfg.HistoryFile = path
			}
			return exitStatus(console.Attach(cmd.Context(), cfg, fds.in, fds.out, fds.err))
		},
	}
	client.add(cmd.Flags())
	return cmd
}
