package runtime

import (
	"os"
	"strings"
	"testing"
)

// TestSkynetDocument runs the example of docs/skynet.md.
func TestSkynetDocument(t *testing.T) {
	text, err := os.ReadFile("../docs/skynet.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```lua\n")
	code, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("docs/skynet.md has no example")
	}
	code = strings.Replace(code, "local id = socket.listen", "local id, _, port = socket.listen", 1)
	code = strings.Replace(code, "skynet.start(function()\n", "skynet.start(function()\n\tskynet.dispatch('lua', function() skynet.retpack(PORT) end)\n", 1)
	code = strings.Replace(code, `0)`, `0) PORT = port`, 1)
	tn := newTestNode(t, map[string]string{"s.lua": code}, nil)
	h := tn.launch("s")
	conn, r := tn.connect(h)
	say(t, conn, r, "one", "echo one")
	tn.write("s.lua", strings.Replace(code, `"echo "`, `"new "`, 1))
	tn.mustReload(h)
	say(t, conn, r, "two", "new two")
}
