package console

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A completer returns the words that may stand in a place; the caller keeps
// those that begin as the person has.
type completer func(ctx context.Context, sh *shell, prefix string) []string

// completion is what Tab found: whole words that may replace the line from byte
// start on.
type completion struct {
	words []string
	start int
	open  bool // the words may go on
}

// completionLimit bounds a Tab: better no candidates than a prompt that hangs.
const completionLimit = time.Second

// completions completes the last word of a line.
func (sh *shell) completions(ctx context.Context, line string) completion {
	ctx, cancel := context.WithTimeout(ctx, completionLimit)
	defer cancel()
	if sh.using != nil && !strings.HasPrefix(line, ".") {
		return sh.luaCompletions(ctx, line)
	}
	if sh.using != nil {
		c := sh.commandCompletions(ctx, line[1:])
		c.start++
		return c
	}
	return sh.commandCompletions(ctx, line)
}

// luaCompletions completes a path such as CMD.get inside the service in use.
func (sh *shell) luaCompletions(ctx context.Context, line string) completion {
	start := len(line)
	for start > 0 && luaPathByte(line[start-1]) {
		start--
	}
	if start == len(line) {
		return completion{}
	}
	words, err := sh.console.cfg.Backend.Evaluator.Complete(ctx, sh.using.Address, sh.usingFile, line[start:])
	if err != nil {
		return completion{}
	}
	words = slices.DeleteFunc(words, func(w string) bool { return oneLine(w) != w })
	return completion{words: words, start: start, open: true}
}

func luaPathByte(c byte) bool {
	return c == '_' || c == '.' || c == ':' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// commandCompletions completes a word of a command line.
func (sh *shell) commandCompletions(ctx context.Context, line string) completion {
	prefix := lastWord(line)
	c := completion{start: len(line) - len(prefix)}
	before, _ := splitWords(line[:c.start], -1)
	var found []string
	if len(before) == 0 {
		found = sh.console.table.words()
	} else if cmd, err := sh.console.table.find(before[0].text); err == nil {
		found = sh.argument(ctx, cmd, before[1:], prefix)
	}
	for _, w := range found {
		if strings.HasPrefix(w, prefix) && oneLine(w) == w {
			c.words = append(c.words, w)
		}
	}
	slices.Sort(c.words)
	c.words = slices.Compact(c.words)
	return c
}

// argument returns what may follow the words before.
func (sh *shell) argument(ctx context.Context, cmd *Command, before []word, prefix string) []string {
	n := 0
	for _, w := range before {
		if !strings.HasPrefix(w.text, "-") {
			n++
		}
	}
	if strings.HasPrefix(prefix, "-") && (cmd.passAfter == 0 || n < cmd.passAfter) {
		var flags []string
		for _, f := range append(generalFlags(), cmd.flags...) {
			flags = append(flags, f.name)
		}
		return flags
	}
	if len(cmd.complete) == 0 || cmd.max >= 0 && n >= cmd.max && !cmd.raw {
		return nil
	}
	complete := cmd.complete[min(n, len(cmd.complete)-1)]
	if complete == nil {
		return nil
	}
	return complete(ctx, sh, prefix)
}

func lastWord(line string) string {
	return line[strings.LastIndexAny(line, " \t")+1:]
}

func completeCommands(_ context.Context, sh *shell, _ string) []string {
	return sh.console.table.words()
}

// completeServices offers addresses, names, and scripts that one service runs.
func completeServices(ctx context.Context, sh *shell, prefix string) []string {
	all, err := sh.console.cfg.Backend.Node.Services(ctx)
	if err != nil {
		return nil
	}
	var words []string
	for _, s := range all {
		// Addresses only for who types one: there are as many as services.
		if strings.HasPrefix(prefix, ":") {
			words = append(words, s.Address.String())
		}
		words = append(words, s.Names[:min(len(s.Names), suggestedNames)]...)
		if one, err := Resolve(all, s.Script); err == nil && one.Address == s.Address {
			words = append(words, s.Script)
		}
	}
	return words
}

// completeScripts offers the scripts that already run.
func completeScripts(ctx context.Context, sh *shell, _ string) []string {
	all, err := sh.console.cfg.Backend.Node.Services(ctx)
	if err != nil {
		return nil
	}
	var words []string
	for _, s := range all {
		if !s.System {
			words = append(words, s.Script)
		}
	}
	return words
}

// completeFiles offers Lua files and folders of the node's working directory.
func completeFiles(_ context.Context, _ *shell, prefix string) []string {
	dir, _ := filepath.Split(prefix)
	entries, err := os.ReadDir(filepath.Clean("./" + dir))
	if filepath.IsAbs(dir) {
		entries, err = os.ReadDir(dir)
	}
	if err != nil {
		return nil
	}
	var words []string
	for _, e := range entries {
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			words = append(words, dir+e.Name()+"/")
		case strings.HasSuffix(e.Name(), ".lua"):
			words = append(words, dir+e.Name())
		}
	}
	return words
}

func completeEnv(_ context.Context, sh *shell, _ string) []string {
	return sh.console.cfg.Backend.Environ.Keys()
}

func completeSwitch(context.Context, *shell, string) []string { return []string{"on", "off"} }
