package interp

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"strings"
	"testing"
)

var example = regexp.MustCompile("(?s)```lua\n(.*?)```\n(?:```\n(.*?)```\n)?")

// TestDocumentation runs every example of docs/lua.md.
func TestDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../../docs/lua.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := example.FindAllSubmatch(text, -1)
	if len(examples) == 0 {
		t.Fatal("no examples")
	}
	for _, m := range examples {
		var out bytes.Buffer
		status := RunString(context.Background(), string(m[1]), "=lua.md", nil, Streams{In: strings.NewReader(""), Out: &out, Err: &out})
		if out.String() != string(m[2]) || status != 0 {
			t.Errorf("status %d\n%s\ngot\n%s\nwant\n%s", status, m[1], out.String(), m[2])
		}
	}
}
