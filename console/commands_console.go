package console

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
)

// consoleCommands are about the console itself.
func consoleCommands(_ Backend, t *commandTable) []*Command {
	return []*Command{
		{
			Name: "help", Aliases: []string{"?", "h"}, Group: "console", Args: "[COMMAND]", max: 1,
			Summary:  "List the commands, or explain one",
			complete: []completer{completeCommands},
			run: func(_ context.Context, r *request) (Result, error) {
				if r.word(0) == "" {
					return helpList{t}, nil
				}
				c, err := t.find(r.word(0))
				if one := t.only(r.word(0)); err != nil && one != nil {
					// Explaining is harmless, so here any command may be shortened.
					c, err = one, nil
				}
				if err != nil {
					return nil, hint(fmt.Errorf("help: no command %s", r.word(0)), tryOf(err))
				}
				return helpPage{c}, nil
			},
		},
		{
			Name: "quit", Aliases: []string{"q", "bye"}, Group: "console",
			Summary: "Close this connection; ^D does the same",
			run:     func(context.Context, *request) (Result, error) { return nil, ErrQuit },
		},
		{
			Name: "complete", Group: "console", Args: "LINE", max: 0, passAfter: 0, raw: true,
			Summary: "Print what can stand in place of the last word of LINE, for editors",
			run:     runComplete,
		},
		{
			Name: "frame", Group: "console", Args: "WORD [WIDTH]", min: 1, max: 2, Exact: true,
			flags:   []option{{name: "--color", help: "with colours"}},
			Summary: "Mark every answer with WORD, for programs",
			Detail: "An answer then ends with <CMD OK WORD> or <CMD Error WORD>, and the text of an error stands behind " +
				"a line <CMD Failed WORD>. The last line of a connection that ends in good order, by quit or after the last command, is " +
				"<CMD Goodbye WORD>. A program that picks a random WORD can tell the end of an answer from text that " +
				"a service printed. With WIDTH the answers are laid out for a person's window of so many columns.",
			run: runFrame,
		},
	}
}

func runFrame(_ context.Context, r *request) (Result, error) {
	if !regexp.MustCompile(`^[0-9A-Za-z]{1,64}$`).MatchString(r.words[0]) {
		return nil, fmt.Errorf("frame: want 1 to 64 letters and digits")
	}
	sh := r.shell
	if w := r.word(1); w != "" {
		width, err := strconv.Atoi(w)
		if err != nil || width < 1 {
			return nil, fmt.Errorf("frame: %q is no width", w)
		}
		sh.human = true
		sh.style = func() style { return style{color: r.has("--color"), width: width} }
	}
	sh.nonce = r.words[0]
	return nil, nil
}

func runComplete(ctx context.Context, r *request) (Result, error) {
	t := &table{columns: cols("word"), inOrder: true}
	for _, w := range r.shell.completions(ctx, r.tail).words {
		t.add(w)
	}
	return t, nil
}
