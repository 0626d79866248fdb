package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/rogpeppe/go-internal/testscript"
)

// exampleWeb starts the example, then talks and edits by turns.
const exampleWeb = `
exec devnode new game --example web
node start --env port=0 game/main.lua
eventually '^web: http://' cat node.out
browse connect
browse get / 'Visit 1\.'
browse say hello 'hello'
edit game/words.lua 'talker.send(text)' 'talker.send(text:upper())'
eventually 'reload main: patched' cat node.out
browse say hello 'HELLO'
browse get / 'Visit 2\.'
edit game/pages.lua '<h1>Words</h1>' '<h1>Other words</h1>'
eventually 'saved game/pages.lua' cat node.out
browse get / 'Other words(.|\n)*Visit 3\.'
edit game/pages.lua 'visits = visits + 1' 'visits = = 1'
eventually 'pages.lua:\d+: ' console list
browse get / 'Other words(.|\n)*Visit 4\.'
browse get /state '"visits": 4, "talkers": 1'
browse get /nix 'nothing at /nix'
browse say hello 'HELLO'
browse leave
eventually '"talkers": 0' console inject main -e 'print(select(2, require("pages")["/state"]()))'
node stop
`

// TestExampleWeb is the example of a web server, with Go's client of HTTP and a
// client of websockets that is connected through all saves.
func TestExampleWeb(t *testing.T) {
	script := filepath.Join(t.TempDir(), "web.txtar")
	if err := os.WriteFile(script, []byte(exampleWeb), 0o644); err != nil {
		t.Fatal(err)
	}
	commands := scriptCommands()
	commands["browse"] = (&browser{}).run
	testscript.Run(t, testscript.Params{Files: []string{script}, Setup: setupScript, Cmds: commands, RequireExplicitExec: true})
}

// browser is what a page does: it gets pages, and talks by a websocket.
type browser struct {
	address string // http://HOST:PORT
	ws      *websocket.Conn
}

// run is the script command `browse connect|get PATH PATTERN|say TEXT PATTERN|leave`.
func (b *browser) run(ts *testscript.TestScript, _ bool, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	switch args[0] {
	case "connect":
		found := regexp.MustCompile(`(?m)^web: (http://\S+)/$`).FindStringSubmatch(ts.ReadFile("node.out"))
		if found == nil {
			ts.Fatalf("the example doesn't say where it is")
		}
		b.address = found[1]
		ws, _, err := websocket.Dial(ctx, b.address+"/words", nil)
		ts.Check(err)
		b.ws = ws
		ts.Defer(func() { _ = ws.CloseNow() })
	case "get":
		expectMatch(ts, args[2], b.get(ctx, ts, args[1]))
	case "say":
		ts.Check(b.ws.Write(ctx, websocket.MessageText, []byte(args[1])))
		_, text, err := b.ws.Read(ctx)
		ts.Check(err)
		expectMatch(ts, "^"+args[2]+"$", string(text))
	case "leave":
		ts.Check(b.ws.Close(websocket.StatusNormalClosure, ""))
	}
}

func (b *browser) get(ctx context.Context, ts *testscript.TestScript, path string) string {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.address+path, nil)
	ts.Check(err)
	response, err := http.DefaultClient.Do(request)
	ts.Check(err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	ts.Check(err)
	return string(text)
}

func expectMatch(ts *testscript.TestScript, pattern, text string) {
	if !regexp.MustCompile(pattern).MatchString(text) {
		ts.Fatalf("got %q, want %s", strings.TrimSpace(text), pattern)
	}
}
