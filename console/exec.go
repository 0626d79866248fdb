package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// Exit codes of [Exec] and [Attach].
const (
	ExitOK      = 0
	ExitFailed  = 1 // a command failed
	ExitConnect = 2 // no node, no token, no command
)

// Exec runs one command on a node and returns the exit code: ExitOK when it
// succeeded. What it finds goes to out, laid out for people when that is a
// terminal; errors go to errs. args are the words of the command, each as it
// should arrive: no quoting is needed beyond that of one's own shell. The end of
// ctx ends a live command in good order.
func Exec(ctx context.Context, cfg ClientConfig, args []string, out, errs io.Writer) int {
	line := CommandLine(args)
	if line == "" {
		return complain(errs, errors.New("exec: no command"), ExitConnect)
	}
	if len(line) > maxLine {
		return complain(errs, fmt.Errorf("exec: the command is longer than %d KiB", maxLine>>10), ExitConnect)
	}
	c, err := cfg.connect(ctx, layout(out))
	if err != nil {
		return complain(errs, err, ExitConnect)
	}
	defer func() { _ = c.Close() }()
	// What comes after the command ends a live one: the next line. Another is
	// interrupted, and says what that has left.
	stop := context.AfterFunc(ctx, func() { _, _ = io.WriteString(c, "\n"+interruptLine+"\n\nquit\n") })
	defer stop()
	if _, err := io.WriteString(c, line+"\n"); err != nil {
		return complain(errs, err, ExitConnect)
	}
	ok, err := c.answer(out, errs)
	switch {
	case errors.Is(err, errGoodbye), errors.Is(err, io.EOF) && ctx.Err() != nil:
		return ExitOK
	case err != nil:
		return complain(errs, fmt.Errorf("console %s: %w", cfg.address(), noEOF(err)), ExitConnect)
	case !ok:
		return ExitFailed
	}
	return ExitOK
}

// CommandLine joins the words of a command into a line that the console takes
// apart into the same words. A tail that is Lua (`call`) stays as it is.
func CommandLine(args []string) string {
	c := (*Command)(nil)
	if len(args) > 0 {
		c = newCommandTable(Backend{}).named(args[0])
	}
	var parts []string
	for i, a := range args {
		switch {
		case i == 0:
			parts = append(parts, a)
		case c != nil && c.raw && i > c.passAfter && !strings.ContainsAny(a, "\r\n"):
			parts = append(parts, a)
		case c != nil && c.raw && i > c.passAfter:
			return strings.Join(append(parts, quoteWord(strings.Join(args[i:], " "))), " ")
		case c != nil && takesRest(c, args[i-1]):
			// Without quotes it would take the rest of the line.
			parts = append(parts, inQuotes(a))
		default:
			parts = append(parts, quoteWord(a))
		}
	}
	return strings.Join(parts, " ")
}

// OwnWords is how many of the words of a command, its name included, are for the
// console itself; what stands behind them is Lua, or for a service. It is more than
// there are where all are the console's.
func OwnWords(args []string) int {
	if len(args) > 0 {
		c := newCommandTable(Backend{}).named(args[0])
		if c != nil && (c.raw || c.passAfter > 0) {
			return 1 + c.passAfter
		}
	}
	return len(args) + 1
}

// takesRest tells whether a word is a flag whose bare value is the rest of the
// line.
func takesRest(c *Command, word string) bool {
	f, ok := c.flag(word)
	return ok && f.rest
}

// layout is what follows `frame WORD`: the window's width, where out is one.
func layout(out io.Writer) string {
	f, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return ""
	}
	width, _ := sizeOf(f)
	extra := fmt.Sprintf(" %d", max(width, 40))
	if wantsColor(f) {
		extra += " --color"
	}
	return extra
}

func complain(errs io.Writer, err error, code int) int {
	fmt.Fprintln(errs, Printable(err.Error()))
	if try := tryOf(err); try != "" {
		fmt.Fprintln(errs, "try: "+Printable(try))
	}
	return code
}
