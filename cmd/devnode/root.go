package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"devnode/cmd/devnode/internal/settings"
)

// newRoot makes the command line: the demo at its root, the rest below.
func newRoot(fds fds) *cobra.Command {
	var o runFlags
	root := &cobra.Command{
		Use:   "devnode",
		Short: "A dev server for Lua actor services: save the file, and the running service has the new code",
		Long: "devnode runs services written for skynet in Lua, and reloads each the moment its file is saved,\n" +
			"at the same address, with its mailbox, its requests in progress and its kept state.\n\n" +
			"Without a command it runs the demo. `devnode FILE.lua` is short for `devnode run FILE.lua`,\n" +
			"`devnode CONFIG`, with a configuration file of skynet's, for `devnode run --config CONFIG`.",
		Version:       version(),
		Args:          noArguments,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.ConfigFile != "" {
				return runMain(cmd.Context(), fds, o, nil)
			}
			return runDemo(cmd.Context(), fds, o)
		},
	}
	root.SetVersionTemplate("devnode {{.Version}}\n")
	o.add(root.Flags())
	root.SuggestionsMinimumDistance = 2
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage(err, cmd.CommandPath()+" --help")
	})
	root.AddCommand(newRun(fds), newLua(fds), newConsole(fds), newExec(fds), newCheck(fds), newNew(fds))
	return root
}

func isCommand(root *cobra.Command, word string) bool {
	c, _, err := root.Find([]string{word})
	return err == nil && c != root || word == "help" || word == "completion"
}

// noArguments refuses a word that is no command, and says what it may have been.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	try := "devnode --help"
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		try = "devnode " + near[0]
	}
	return usage(fmt.Errorf("%s: no such command, and no file", args[0]), try)
}

// shortForm puts the word run before a .lua file, `devnode main.lua a b`, and before a
// configuration file, `devnode etc/config`. What stands before the file are flags of
// run, too.
func shortForm(root *cobra.Command, args []string) []string {
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case strings.HasSuffix(a, ".lua"), !isCommand(root, a) && settings.IsConfig(a):
			return slices.Concat([]string{"run"}, args)
		case a == "--" || !strings.HasPrefix(a, "-"):
			return args
		case !strings.Contains(a, "="):
			if f := root.Flags().Lookup(strings.TrimLeft(a, "-")); f != nil && f.NoOptDefVal == "" && f.Value.Type() != "bool" {
				i++ // its value
			}
		}
	}
	return args
}
