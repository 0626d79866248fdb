package sproto

import (
	"fmt"
	"strings"

	"devnode/runtime/library"
)

// Parser is what require "sprotoparser" returns.
func Parser() library.Module {
	return library.Module{Name: "sprotoparser", Functions: map[string]library.Function{"parse": parseCall, "dump": dump}}
}

// parseCall is sprotoparser.parse(text, file): the bytes of a description, for core.newproto.
func parseCall(c library.Call) {
	d, err := parse(c.String(1), c.OptString(2, "=text"))
	if err != nil {
		c.Raise("%s", err)
	}
	b, err := d.bundle()
	if err != nil {
		c.Raise("%s", err)
	}
	c.Return(library.String(string(b)))
}

// dump is sprotoparser.dump(bytes), which writes them to the log in hex, sixteen a line.
func dump(c library.Call) {
	b := []byte(c.String(1))
	for i := 0; i < len(b); i += 16 {
		var line []string
		for j, x := range b[i:min(i+16, len(b))] {
			if j == 8 {
				line = append(line, "-")
			}
			line = append(line, fmt.Sprintf("%02X", x))
		}
		c.Service().Log("%s", strings.Join(line, " "))
	}
}
