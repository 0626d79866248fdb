package editor

import (
	"bytes"

	"github.com/chzyer/readline"
)

// filter sees every key on the library's own goroutine, before the library acts
// on it and after it is done with the key before. It is the gate that holds keys
// back between two lines, it translates the keys that only we know, and it does
// what other goroutines asked for. Returning false drops the key and draws the
// line again.
func (e *Editor) filter(r rune) (rune, bool) {
	if r == 0 {
		return 0, true // the library's end of file
	}
	line, ok := e.pass()
	if !ok {
		return 0, false
	}
	searching := e.rl.Operation.IsSearchMode()
	switch k := Key(r); k {
	case wake:
		e.printPending()
		return 0, false
	case resize:
		e.width()
		return 0, false
	case paste:
		text := e.keys.takePasted()
		if searching {
			e.keys.typeOut(text)
			return 0, false
		}
		// The completer inserts it. An earlier paste may have taken it already.
		e.inserting = text
		return readline.CharTab, len(text) > 0
	case Enter:
		e.shut()
		return readline.CharEnter, true
	case Interrupt:
		if searching {
			return readline.CharBell, true
		}
		e.shut()
		return readline.CharInterrupt, true
	case EOF:
		if searching {
			return readline.CharBell, true
		}
		if len(line) == 0 {
			e.shutForEOF()
		}
		return readline.CharDelete, true
	case Delete:
		return readline.CharDelete, len(line) > 0 || searching
	case Search, SearchFwd:
		e.keys.oneByOne(true)
		return r, e.canSearch()
	}
	return translate(r), true
}

// translate maps the keys for which the library has a code of its own.
func translate(r rune) rune {
	switch Key(r) {
	case WordLeft:
		return readline.MetaBackward
	case WordRight:
		return readline.MetaForward
	case DeleteWord:
		return readline.MetaDelete
	case EraseWord:
		return readline.MetaBackspace
	}
	return r
}

// pass waits until the prompt stands and returns the line. After the end of the
// input it returns false: the library must drop what is left, not act on it.
func (e *Editor) pass() ([]rune, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for !e.open && !e.ended {
		e.gate.Wait()
	}
	return e.line, !e.ended
}

// shut holds back the keys behind one that ends the line.
func (e *Editor) shut() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.open = false
}

// shutForEOF is shut for a ^D that ends the input.
func (e *Editor) shutForEOF() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.open, e.typedEOF = false, true
}

// canSearch tells whether there is history: without any, leaving a search
// crashes the library.
func (e *Editor) canSearch() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.recall
}

// printPending writes what other goroutines printed in place of the line, which
// the library then draws again below.
func (e *Editor) printPending() {
	e.mu.Lock()
	text := bytes.Clone(e.pending.Bytes())
	e.pending.Reset()
	e.mu.Unlock()
	if len(text) > 0 {
		e.rl.Clean()
		e.write(text)
	}
}

// listener follows the library's line, so that the filter knows it.
type listener Editor

func (l *listener) OnChange(line []rune, _ int, _ rune) ([]rune, int, bool) {
	e := (*Editor)(l)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.line = line
	e.length.Store(int64(len(line)))
	return nil, 0, false
}
