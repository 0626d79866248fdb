package syntax

import (
	"sync"

	lua "github.com/yuin/gopher-lua"
)

// A Text is a source that was read and compiled: what Match compares. It doesn't
// change, so that it can be compared with several others, by several goroutines.
type Text struct {
	main    *function
	outline func() *outline // made once, when a Match asks for it
}

// ReadText reads src as Compile does. The error is a fault in the source.
func ReadText(src []byte, chunk string) (*Text, error) {
	main, err := compileTree(src, chunk, Options{})
	if err != nil {
		return nil, err
	}
	return &Text{main: main, outline: sync.OnceValue(func() *outline { return outlineOf(main) })}, nil
}

// Main is the main function, compiled.
func (t *Text) Main() *lua.FunctionProto { return t.main.proto }
