package clientsocket

import (
	"bufio"
	"io"
	"strings"
	"sync"

	"devnode/runtime/library"
)

// input is the standard input, line by line. It is read from the first readstdin on.
type input struct {
	from  io.Reader
	once  sync.Once
	lines chan string // closed at the end
}

// linesAhead is how many lines are read before they are asked for.
const linesAhead = 1024

var inputs = &library.NodeState[*input]{
	New: func(n library.Node) *input { return &input{from: n.Stdin(), lines: make(chan string, linesAhead)} },
}

// line is the next line. It is false where none has come, and ended is true after the last.
func (in *input) line() (text string, ok, ended bool) {
	if in.from == nil {
		return "", false, true
	}
	in.once.Do(func() { go in.read() }) // nothing can end a read of the standard input
	select {
	case text, ok = <-in.lines:
		return text, ok, !ok
	default:
		return "", false, false
	}
}

func (in *input) read() {
	defer close(in.lines)
	r := bufio.NewReader(in.from)
	for {
		text, err := r.ReadString('\n')
		if err == nil || text != "" {
			in.lines <- strings.TrimSuffix(text, "\n")
		}
		if err != nil {
			return
		}
	}
}
