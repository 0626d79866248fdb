package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/chzyer/readline"
	"github.com/spf13/cobra"

	"devnode/console"
	"devnode/runtime"
	"devnode/runtime/lua/interp"
)

// newLua makes `devnode lua`.
func newLua(fds fds) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lua [FILE [ARG...]]",
		Short: "Run a plain Lua script, without services, in devnode's Lua",
		Long: "FILE - is standard input, as is none at all; on a terminal that is a prompt.\n" +
			"The exit status is as lua's: what os.exit says, and 1 after an error.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return exitStatus(runLua(cmd.Context(), fds, args))
		},
	}
	cmd.Flags().SetInterspersed(false)
	return cmd
}

// runLua runs a script, standard input, or a prompt.
func runLua(ctx context.Context, fds fds, args []string) int {
	streams := interp.Streams{In: fds.in, Out: fds.out, Err: fds.err, Attach: runtime.PlainLibraries(fds.in, fds.err)}
	if len(args) == 0 && console.IsTerminal(fds.in, fds.out) {
		return luaPrompt(ctx, fds, streams)
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	if len(args) == 0 {
		args = []string{"-"}
	}
	return interp.RunFile(ctx, args[0], args[1:], streams)
}

// luaPrompt reads statements from a terminal. ^C ends the one that runs.
func luaPrompt(ctx context.Context, fds fds, streams interp.Streams) int {
	rl, err := readline.NewEx(&readline.Config{
		Stdin: readline.NewCancelableStdin(fds.in), Stdout: fds.out, Stderr: fds.err,
	})
	if err != nil {
		fmt.Fprintln(fds.err, "lua:", err)
		return statusFailed
	}
	defer rl.Close()
	r := interp.NewREPL(streams)
	defer r.Close()
	signals := catchSignals()
	defer signals.release()
	over := make(chan struct{})
	defer close(over)
	go func() {
		for {
			select {
			case <-over:
				return
			case <-signals.caught:
				r.Interrupt()
			}
		}
	}()
	return r.Run(ctx, lineReader{rl})
}

// lineReader reads lines for the prompt, with editing.
type lineReader struct{ rl *readline.Instance }

// ReadLine implements interp.LineReader. ^C drops the line.
func (l lineReader) ReadLine(prompt string) (string, error) {
	l.rl.SetPrompt(prompt)
	line, err := l.rl.Readline()
	switch {
	case errors.Is(err, readline.ErrInterrupt):
		return "", nil
	case err != nil:
		return "", io.EOF
	}
	return line, nil
}

// exitStatus is a status that was explained already.
func exitStatus(code int) error {
	if code == statusOK {
		return nil
	}
	return statusError{code: code}
}
