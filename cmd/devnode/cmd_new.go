package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"devnode/console"
	"devnode/scripts"
)

// newNew makes `devnode new`.
func newNew(fds fds) *cobra.Command {
	var example string
	cmd := &cobra.Command{
		Use:   "new DIR",
		Short: "Make a folder with a first project: the demo, or an example, to edit",
		Long: "Make a folder with a first project: a copy of the demo, or of the example that --example names.\n" +
			"The examples: " + strings.Join(scripts.Examples(), ", ") + ".",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(fmt.Errorf("new: got %d arguments, want a folder", len(args)), "devnode new mygame")
			}
			project := scripts.Demo()
			if example != "" {
				if !slices.Contains(scripts.Examples(), example) {
					return usage(fmt.Errorf("new: no example %q", example), "devnode new "+args[0]+" --example "+strings.Join(scripts.Examples(), "|"))
				}
				project = scripts.Example(example)
			}
			return makeProject(fds, args[0], project)
		},
	}
	cmd.Flags().StringVar(&example, "example", "", "which example to copy")
	_ = cmd.RegisterFlagCompletionFunc("example", cobra.FixedCompletions(scripts.Examples(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// makeProject copies a project into a folder that isn't there, or is empty.
func makeProject(fds fds, dir string, project fs.FS) error {
	entries, err := os.ReadDir(dir)
	switch {
	case err == nil && len(entries) > 0:
		return hintError{fmt.Errorf("new %s: the folder is there, and not empty", dir), "devnode new " + dir + "2"}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("new: %w", err)
	}
	if err := os.CopyFS(dir, project); err != nil {
		return fmt.Errorf("new: %w", err)
	}
	main := filepath.Join(dir, "main.lua")
	fmt.Fprintf(console.PrintableOn(fds.out), "made %s; now: devnode %s\n", dir, filepath.ToSlash(main))
	return nil
}
