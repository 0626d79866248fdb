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
	// person tells whether a person reads the answers: then they end without a mark,
	// and errors stand out. Nil stands for a program.
	person func() bool
	own    bool // it is the node's own terminal
	style  func() style
	nonce  string // behind `<CMD OK` where a client asked for it, see frame
	// ended closes when the person or the program wants a live command to end:
	// the next line, the key q, the end of the input. It may be nil.
	ended func() <-chan struct{}
	runs  func() (over func())       // is told of each line that is run; may be nil
	flush func() error               // sends what is written to out, where it isn't nil
	size  func() (columns, rows int) // of the window, 0 where that isn't known

	using     *Service
	usingFile string
	pending   string // the lines of a chunk that isn't complete
}

// do runs one line and writes its answer. It returns [ErrQuit] after quit, or
// the connection's own error when the answer can't be written.
func (sh *shell) do(ctx context.Context, line string) error {
	if sh.runs != nil {
		defer sh.runs()()
	}
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
	if sh.toPerson() && sh.using == nil && !asJSON && silent(res) {
		if _, err := fmt.Fprintln(sh.out, sh.style().dim("ok")); err != nil {
			return err
		}
	}
	return sh.end("OK")
}

// silent tells whether a result has nothing to show.
func silent(res Result) bool {
	o, ran := res.(output)
	return res == nil || ran && o.Printed == "" && len(o.Values) == 0
}

// toPerson tells whether the answer is for a person's eyes.
func (sh *shell) toPerson() bool { return sh.nonce == "" && sh.person != nil && sh.person() }

// audit puts what was run into the log, with who ran it. A person at the node's own
// terminal has the log before them: what they have typed isn't said there again.
func (sh *shell) audit(format string, args ...any) {
	line := fmt.Sprintf("console %s: "+format, append([]any{sh.peer}, args...)...)
	if own := sh.console.cfg.LogOwn; sh.own && own != nil {
		own(line)
		return
	}
	sh.console.logf("%s", line)
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
	var printed *output
	if p, ok := err.(partial); ok {
		o, ran := p.Result.(output)
		if ran && asJSON {
			printed = &o // one document for all of it
		} else if err := sh.show(p.Result, asJSON); err != nil || asJSON {
			return errors.Join(err, sh.end("Error"))
		}
		err = p.error
	}
	text := err.Error()
	if asJSON || sh.human || sh.nonce != "" {
		text = meant(err)
	}
	text = Shorten(text, MaxErrorText)
	message, try := Printable(text), Printable(tryOf(err))
	var b bytes.Buffer
	if sh.nonce != "" {
		fmt.Fprintf(&b, "<CMD Failed %s>\n", sh.nonce)
	}
	switch {
	case asJSON:
		doc := object{{"error", text}}
		if try != "" {
			doc = append(doc, member{"try", try})
		}
		if printed != nil {
			doc = append(doc, member{"printed", printed.Printed})
		}
		b.Write(marshal(doc))
	case sh.toPerson():
		st := sh.style()
		first, rest, more := strings.Cut(message, "\n")
		fmt.Fprintln(&b, st.alarm("error: "+first))
		if more {
			fmt.Fprintln(&b, rest)
		}
		if try != "" {
			fmt.Fprintln(&b, st.dim("try: "+try))
		}
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
	if sh.toPerson() {
		return nil
	}
	mark := sh.style().dim("<CMD " + how + ">")
	if sh.nonce != "" {
		mark = "<CMD " + how + " " + sh.nonce + ">" // for a program: no colour
	}
	_, err := fmt.Fprintln(sh.out, mark)
	return err
}

// goodbye is said to a program that asked for marks when the connection ends in
// good order, so that it can tell this end from that of the node. A chunk whose end
// never came has not run, which is an error.
func (sh *shell) goodbye() error {
	if sh.using != nil && sh.pending != "" {
		sh.pending = ""
		if err := sh.fail(errors.New("use: the last chunk lacks its end and was not run"), false); err != nil {
			return err
		}
	}
	if sh.nonce == "" {
		return nil
	}
	_, err := fmt.Fprintln(sh.out, "<CMD Goodbye "+sh.nonce+">")
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
