package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"devnode/console"
	"devnode/scripts"
)

// newNew makes `devnode new`.
func newNew(fds fds) *cobra.Command {
	return &cobra.Command{
		Use:   "new DIR",
		Short: "Make a folder with a first project: the demo, to edit",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(fmt.Errorf("new: got %d arguments, want a folder", len(args)), "devnode new mygame")
			}
			return makeProject(fds, args[0])
		},
	}
}

// makeProject copies the demo into a folder that isn't there, or is empty.
func makeProject(fds fds, dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case err == nil && len(entries) > 0:
		return hintError{fmt.Errorf("new %s: the folder is there, and not empty", dir), "devnode new " + dir + "2"}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("new: %w", err)
	}
	demo, err := fs.Sub(scripts.Files(), "demo")
	if err != nil {
		return err
	}
	if err := os.CopyFS(dir, demo); err != nil {
		return fmt.Errorf("new: %w", err)
	}
	main := filepath.Join(dir, "main.lua")
	fmt.Fprintf(console.PrintableOn(fds.out), "made %s; now: devnode %s\n", dir, filepath.ToSlash(main))
	return nil
}
