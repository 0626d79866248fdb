package console

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
)

// shell is one connection's state between two lines: who it is, how it wants to
// be answered, and the service in use. It belongs to the connection's goroutine.
type shell struct {
	console *Console
	peer    string
	out     io.Writer // answers; text with plain newlines
	human   bool      // a person's terminal: aligned, not tab-separated
	style   func() style
	nonce   string // behind `<CMD OK` where a client asked for it, see frame
	// ended closes when the person or the program wants a live command to end:
	// the next line, the key q, the end of the input. It may be nil.
	ended func() <-chan struct{}
	flush func() error               // sends what is written to out, where it isn't nil
	size  func() (columns, rows int) // of the window, 0 where that isn't known

	using   *Service
	pending string // the lines of a chunk that isn't complete
}

// do runs one line and writes its answer. It returns [ErrQuit] after quit, or
// the connection's own error when the answer can't be written.
func (sh *shell) do(ctx context.Context, line string) error {
	if sh.using != nil {
		return sh.evaluate(ctx, line)
	}
	line = strings.TrimLeft(line, " \t\r\n")
	if line == "" {
		return nil
	}
	return sh.command(ctx, line)
}

// command runs one line of the command table.
func (sh *shell) command(ctx context.Context, line string) error {
	name, rest := cutName(line)
	c, err := sh.console.table.find(name)
	if err != nil {
		return sh.fail(err, false)
	}
	r, err := parse(c, rest)
	if err != nil {
		return sh.fail(err, wantsJSON(rest))
	}
	r.shell = sh
	if !c.Live || r.has("--timeout") {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.limit)
		defer cancel()
	}
	res, err := r.run(ctx)
	switch {
	case errors.Is(err, ErrQuit):
		return err
	case err != nil:
		return sh.fail(r.explain(err), r.json)
	}
	return sh.answer(res, r.json)
}

// run runs the command. A panic is an error of this command: the node that is
// being debugged, and what its person has typed, must outlive a bug of ours.
func (r *request) run(ctx context.Context) (res Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			r.shell.console.logf("console %s: %s: panic: %v\n%s", r.shell.peer, r.cmd.Name, p, debug.Stack())
			err = fmt.Errorf("%s: internal error: %v; the log has the stack", r.cmd.Name, p)
		}
	}()
	return r.cmd.run(ctx, r)
}

// flushed sends what live commands have written so far.
func (sh *shell) flushed() error {
	if sh.flush == nil {
		return nil
	}
	return sh.flush()
}

// answer writes a result and the line that ends it.
func (sh *shell) answer(res Result, asJSON bool) error {
	if _, shown := res.(nothing); !shown {
		if err := sh.show(res, asJSON); err != nil {
			return err
		}
	}
	return sh.end("OK")
}

// show writes a result alone: live commands write several.
func (sh *shell) show(res Result, asJSON bool) error {
	var b []byte
	switch {
	case asJSON:
		var doc any
		if res != nil {
			doc = res.document()
		}
		b = marshal(doc)
	case res == nil:
		return nil
	case sh.human:
		b = []byte(res.pretty(sh.style()))
	default:
		b = []byte(res.plain())
	}
	_, err := sh.out.Write(b)
	return err
}

// fail writes an error, its next step, and the line that ends it.
func (sh *shell) fail(err error, asJSON bool) error {
	if p, ok := err.(partial); ok {
		if err := sh.show(p.Result, asJSON); err != nil || asJSON {
			return errors.Join(err, sh.end("Error"))
		}
		err = p.error
	}
	message, try := Printable(err.Error()), Printable(tryOf(err))
	var b bytes.Buffer
	if sh.nonce != "" {
		fmt.Fprintf(&b, "<CMD Failed %s>\n", sh.nonce)
	}
	switch {
	case asJSON:
		doc := object{{"error", err.Error()}}
		if try != "" {
			doc = append(doc, member{"try", try})
		}
		b.Write(marshal(doc))
	default:
		st := sh.style()
		fmt.Fprintln(&b, st.red(message))
		if try != "" {
			fmt.Fprintln(&b, st.dim("try: "+try))
		}
	}
	if _, err := sh.out.Write(b.Bytes()); err != nil {
		return err
	}
	return sh.end("Error")
}

// end writes the line that closes an answer.
func (sh *shell) end(how string) error {
	mark := sh.style().dim("<CMD " + how + ">")
	if sh.nonce != "" {
		mark = "<CMD " + how + " " + sh.nonce + ">" // for a program: no colour
	}
	_, err := fmt.Fprintln(sh.out, mark)
	return err
}

// cutName separates the command's name from the rest of the line.
func cutName(line string) (name, rest string) {
	if i := strings.IndexAny(line, " \t"); i >= 0 {
		return line[:i], line[i+1:]
	}
	return line, ""
}

// wantsJSON tells whether a line that could not be parsed asked for JSON.
func wantsJSON(rest string) bool { return strings.Contains(" "+rest+" ", " --json ") }
