package socket

import (
	"fmt"
	"strings"

	"devnode/runtime/library"
)

// socketWrite is socket.write(id, data): data is a string, a list of strings,
// or a message. It doesn't wait, and is false if the connection is closed.
func socketWrite(c library.Call) { write(c, "write", false) }

// lowWrite is socket.lwrite(id, data): it goes after all that is to be
// sent by socket.write.
func lowWrite(c library.Call) { write(c, "lwrite", true) }

func write(c library.Call, function string, low bool) {
	so, data := anySocket(c, 1, function), socketData(c, 2, function)
	c.Return(library.Bool(so != nil && so.write(data, low)))
}

// socketData is what is to be sent: a string, a list of strings up to its first
// nil, or a message with, perhaps, its size.
func socketData(c library.Call, n int, function string) string {
	switch v := c.Arg(n); v.Type() {
	case "table":
		return joinStrings(c, v, n, function)
	case "userdata":
		return c.Bytes(n)
	}
	return stringArgument(c, n, function)
}

func joinStrings(c library.Call, list library.Value, n int, function string) string {
	var b strings.Builder
	for i := 1; ; i++ {
		v := c.Index(list, number(i))
		switch {
		case v.IsNil():
			return b.String()
		case v.Type() == "string" || v.Type() == "number":
			b.WriteString(v.Text())
		default:
			argumentError(c, n, function, fmt.Sprintf("item %d of the list: string expected, got %s", i, v.Type()))
		}
	}
}

// socketPause is socket.pause(id): nothing more is received until the next
// read.
func socketPause(c library.Call) {
	if so := mySocket(c, 1); so != nil {
		so.mu.Lock()
		so.stopped = true
		so.mu.Unlock()
	}
}

// socketHeader is socket.header(s): the number that one to four bytes spell,
// the highest first.
func socketHeader(c library.Call) {
	s := stringArgument(c, 1, "header")
	if len(s) < 1 || len(s) > 4 {
		raise(c, "Invalid read %s", s)
	}
	n := 0
	for i := range len(s) {
		n = n<<8 | int(s[i])
	}
	c.Return(number(n))
}
