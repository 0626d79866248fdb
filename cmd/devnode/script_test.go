package main

import (
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary stand for devnode, so that the scripts start the
// real program, race detector included.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"devnode": main})
}

// TestScripts runs the scripts of testdata/script: devnode as its users see it,
// with real files, real sockets and real signals. Beside testscript's own
// commands they have
//
//	node start [ARG...]    start devnode with these arguments, wait for its console
//	node stop              send it ^C; it must end in good order, and soon
//	node interrupt         send it ^C
//	node hangup            send it SIGHUP
//	node wait              wait until it has ended by itself
//	console LINE           one line over TCP; the answer is in stdout
//	edit FILE OLD NEW      replace a text in a file, as an editor's save does
//	edits FILE [PORT]      make the edits of a table, and see what each does (cmdEdits)
//	save FILE SOURCE       put SOURCE's content into FILE
//	terminal FILE PROGRAM  run a program on a terminal, and play a dialogue with it
//	telnet FILE            the same, with a telnet to the node's console
//	asuser COMMAND         run a line of bash as a second user of this machine
//	eventually [-not] PATTERN COMMAND...
//	                       run a command until its stdout matches
//
// and find the demo in scripts/demo. The node's output is in the files node.out
// and node.err.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		Setup:               setupScript,
		Cmds:                scriptCommands(),
		Condition:           scriptCondition,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

type scriptCommand = func(ts *testscript.TestScript, neg bool, args []string)

func scriptCommands() map[string]scriptCommand {
	commands := map[string]scriptCommand{
		"node": cmdNode, "console": cmdConsole, "edit": cmdEdit, "edits": cmdEdits, "save": cmdSave,
	}
	commands["asuser"] = cmdAsUser
	commands["eventually"], commands["terminal"], commands["telnet"] = cmdEventually, cmdTerminal, cmdTelnet
	return commands
}

// scriptNode is the key under which a script finds its node.
type scriptNode struct{}

// setupScript lays out a copy of the demo, and a home to write to.
func setupScript(env *testscript.Env) error {
	env.Values[scriptNode{}] = &nodeProcess{}
	env.Values[secondUser{}] = new(string)
	env.Setenv("OUTSIDE", outsideAddress())
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("NO_COLOR", "1")
	bench, err := filepath.Abs(filepath.Join("testdata", "bench"))
	if err != nil {
		return err
	}
	env.Setenv("BENCH", bench)
	demo := filepath.Join(env.WorkDir, "scripts", "demo")
	if err := os.MkdirAll(demo, 0o755); err != nil {
		return err
	}
	return os.CopyFS(demo, os.DirFS(filepath.Join("..", "..", "scripts", "demo")))
}

func scriptCondition(cond string) (bool, error) {
	switch cond {
	case "root":
		return os.Getuid() == 0, nil
	case "outside":
		return outsideAddress() != "", nil
	case "hangup":
		return !signal.Ignored(syscall.SIGHUP), nil
	}
	return false, nil
}
