//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// edited is what a save makes of the script of TestEditors: "two" instead of
// "one", by a text typed at its beginning.
const edited = `greeting='two' `

const editedScript = `# A save by %s is one reload, with no error in between.
%s
node start main.lua
eventually '^1\tone$' console call main 1
%s
eventually '^1\ttwo$' console call main 1
console history main
stdout -count=1 'current'
stdout '^2\t.*\tcurrent\t.*\t1 → 2, .*saved main.lua'
! stdout '^3'
! stdout 'failed'
! grep '(?i)error|failed|generation 2 ->' node.err
node stop

-- main.lua --
greeting = greeting or "one"
local skynet = require "skynet"
skynet.start(function()
	skynet.dispatch("lua", function() skynet.retpack(greeting) end)
end)
-- two.lua --
` + edited + `greeting = greeting or "one"
local skynet = require "skynet"
skynet.start(function()
	skynet.dispatch("lua", function() skynet.retpack(greeting) end)
end)
`

const typed = `terminal dialogue %s main.lua
`

const dialogue = `-- dialogue --
< greeting or
> %s
run eventually ^1\ttwo$ console call main 1
> %s
`

// TestEditors saves by the editors that are installed, on terminals of their
// own, and by the ways of others, while the real program runs.
func TestEditors(t *testing.T) {
	vim := func(set string) string { return "vim -u NONE -N -c 'set " + set + "'" }
	vimSave, vimQuit := `i`+edited+`\x1b:w\r`, `:q!\r`
	for _, e := range []struct{ name, command, save, quit string }{
		{"vim backupcopy=auto", vim("backupcopy=auto"), vimSave, vimQuit},
		{"vim backupcopy=yes", vim("backupcopy=yes"), vimSave, vimQuit},
		{"vim backupcopy=no", vim("backupcopy=no"), vimSave, vimQuit},
		{"vim with a backup and an undo file", vim("backup undofile"), vimSave, vimQuit},
		{"nano", "nano", edited + `\x0f\r`, `\x18`},
		{"nano with a backup", "nano -B", edited + `\x0f\r`, `\x18`},
		{"emacs", "emacs -nw -Q", edited + `\x18\x13`, `\x18\x03`},
		{"emacs copying", "emacs -nw -Q --eval '(setq backup-by-copying t)'", edited + `\x18\x13`, `\x18\x03`},
	} {
		t.Run(e.name, func(t *testing.T) {
			needsProgram(t, strings.Fields(e.command)[0])
			text := fmt.Sprintf(editedScript, e.name, "", fmt.Sprintf(typed, e.command))
			playText(t, text+fmt.Sprintf(dialogue, e.save, e.quit))
		})
	}
	git := "env GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x@localhost GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x@localhost\n"
	for _, e := range []struct{ name, program, before, save string }{
		{"VS Code", "sh", "", "exec sh -c 'cat two.lua >main.lua'"},
		{"JetBrains", "sh", "", "exec sh -c 'cp two.lua main.lua___jb_tmp___; mv main.lua main.lua___jb_old___; mv main.lua___jb_tmp___ main.lua; rm main.lua___jb_old___'"},
		{"sed -i", "sed", "", "exec sed -i.orig~ s/one/two/ main.lua"},
		{"cp over", "cp", "", "exec cp two.lua main.lua"},
		{"mv over", "mv", "", "exec mv two.lua main.lua"},
		{"a slow write", "sh", "", `exec sh -c 'exec 3>main.lua; head -c 40 two.lua >&3; sleep 0.2; tail -c +41 two.lua >&3'`},
		{"remove and create", "sh", "", "exec sh -c 'rm main.lua; cp two.lua main.lua'"},
		{"git checkout", "git", git + "exec git init -q -b one\nexec git add main.lua\nexec git commit -qm one\nexec git checkout -qb two\n" +
			"cp main.lua one.lua\ncp two.lua main.lua\nexec git commit -qam two\nexec git checkout -q one", "exec git checkout -q two"},
		{"git stash pop", "git", git + "exec git init -q\nexec git add main.lua\nexec git commit -qm one\ncp two.lua main.lua\nexec git stash -q", "exec git stash pop -q"},
	} {
		t.Run(e.name, func(t *testing.T) {
			needsProgram(t, e.program)
			playText(t, fmt.Sprintf(editedScript, e.name, e.before, e.save))
		})
	}
}

func needsProgram(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("%s isn't installed: what its save does isn't tried", program)
	}
}

// playText plays a script that isn't a file of testdata.
func playText(t *testing.T, text string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "script.txtar")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Files: []string{file}, Setup: setupScript, Cmds: scriptCommands(), RequireExplicitExec: true,
	})
}
