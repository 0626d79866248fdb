package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"devnode/cmd/devnode/internal/settings"
	"devnode/console"
	"devnode/runtime"
)

// newCheck makes `devnode check`.
func newCheck(fds fds) *cobra.Command {
	var o runFlags
	cmd := &cobra.Command{
		Use:   "check FILE...",
		Short: "Find what a reload of the files would stumble over, without running them",
		Long: "It compiles the files and the modules that they require, and looks for modules that aren't there.\n" +
			"With --config it looks where the configuration file says; without FILE it then checks what that starts.",
		Example: "  devnode check main.lua\n  devnode check --config etc/config",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 && o.ConfigFile == "" {
				return usage(errors.New("check: got no argument, want FILE"), "devnode check main.lua")
			}
			return check(fds, o, args)
		},
	}
	o.addPaths(cmd.Flags())
	return cmd
}

func check(fds fds, o runFlags, files []string) error {
	if len(files) == 0 {
		s, err := o.settingsFor("")
		if err != nil {
			return err
		}
		files = []string{s.MainFile}
		if preload := s.Env["preload"]; preload != "" {
			files = append(files, preload)
		}
	}
	problems, out := 0, console.PrintableOn(fds.out)
	for _, file := range files {
		found, err := checkFile(o, file)
		if err != nil {
			return err
		}
		for _, p := range found {
			if p.Line > 0 {
				fmt.Fprintf(out, "%s:%d: %s\n", p.File, p.Line, p.Message)
			} else {
				fmt.Fprintf(out, "%s: %s\n", p.File, p.Message)
			}
		}
		problems += len(found)
	}
	switch problems {
	case 0:
		fmt.Fprintf(fds.out, "%s: no problems\n", strings.Join(files, ", "))
		return nil
	case 1:
		return errors.New("check: 1 problem")
	}
	return fmt.Errorf("check: %d problems", problems)
}

// checkFile looks for modules where a node that runs the file would.
func checkFile(o runFlags, file string) ([]runtime.Problem, error) {
	s, err := o.settingsFor(file)
	if err != nil {
		return nil, err
	}
	node := runtime.New(runtime.Config{Workers: 1, ServicePath: s.ServicePath, LuaPath: s.LuaPath, LuaCPath: s.LuaCPath, Log: io.Discard})
	defer node.Close()
	return node.Check(s.MainFile)
}

// settingsFor are the settings of a node that runs the file, or what the configuration
// starts.
func (o runFlags) settingsFor(file string) (settings.Settings, error) {
	o.Main, o.Console, o.Watch = file, "off", "false"
	return o.Resolve()
}
