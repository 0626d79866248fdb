//go:build unix

package watch

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestEditors saves by hand in real editors: each save is one batch with what
// the file holds in the end.
func TestEditors(t *testing.T) {
	vim := func(name string, set string) []string { return []string{name, "-u", "NONE", "-N", "-c", "set " + set} }
	for _, e := range []struct {
		name string
		argv []string // the file follows
		save string   // keys
		quit string
	}{
		{"vim", vim("vim", "ruler"), ":1s/one/two/\r:w\r", ":q!\r"},
		{"vim renaming", vim("vim", "backupcopy=no"), ":1s/one/two/\r:w\r", ":q!\r"},
		{"vim copying", vim("vim", "backupcopy=yes"), ":1s/one/two/\r:w\r", ":q!\r"},
		{"vim with a backup", vim("vim", "backup"), ":1s/one/two/\r:w\r", ":q!\r"},
		{"vim with neither", vim("vim", "nowritebackup"), ":1s/one/two/\r:w\r", ":q!\r"},
		{"vim undo file", vim("vim", "undofile"), ":1s/one/two/\r:w\r", ":q!\r"},
		{"neovim", vim("nvim", "ruler"), ":1s/one/two/\r:w\r", ":q!\r"},
		{"nano", []string{"nano"}, "two\x0f\r", "\x18"},
		{"nano with a backup", []string{"nano", "-B"}, "two\x0f\r", "\x18"},
		{"nano locking", []string{"nano", "-G"}, "two\x0f\r", "\x18"},
		{"emacs", []string{"emacs", "-nw", "-Q"}, "two\x18\x13", "\x18\x03"},
		{"emacs copying", []string{"emacs", "-nw", "-Q", "--eval", "(setq backup-by-copying t)"}, "two\x18\x13", "\x18\x03"},
		{"emacs precious", []string{"emacs", "-nw", "-Q", "--eval", "(setq file-precious-flag t)"}, "two\x18\x13", "\x18\x03"},
		{"micro", []string{"micro"}, "two\x13", "\x11"},
		{"joe", []string{"joe"}, "two\x0bd\r", "\x03"},
	} {
		t.Run(e.name, func(t *testing.T) {
			untorn(t, func(t *testing.T) *watched {
				dir := filepath.Join(t.TempDir(), "root")
				must(t, os.Mkdir(dir, 0o755))
				path := filepath.Join(dir, "a.lua")
				must(t, os.WriteFile(path, []byte("local one = 'here'\nreturn one\n"), 0o644))
				// Emacs may write another file first, whose name tells nobody what it is.
				w := watchDir(t, dir, Config{Roots: []string{dir}, Files: []string{"*.lua"}})
				term := start(t, dir, append(e.argv, "a.lua")...)
				term.shows("here")
				for round := range 2 {
					keys := e.save
					if round > 0 {
						keys = strings.ReplaceAll(strings.ReplaceAll(keys, "two", "three"), "one", "two")
					}
					term.keys(keys)
					word := []string{"two", "three"}[round]
					b := w.whole(func(b Batch) bool {
						return strings.Contains(w.describe(b), "changed a.lua=") && strings.Contains(w.describe(b), word)
					})
					data, err := os.ReadFile(path)
					must(t, err)
					want := "changed a.lua=" + string(data)
					if got := w.describe(b); got != want {
						t.Errorf("got  > %s\nwant > %s", got, want)
					}
					if !strings.Contains(string(data), word) {
						t.Errorf("the file has no %q: %q", word, data)
					}
					w.nothingMore()
				}
				term.keys(e.quit)
				term.ends()
				w.nothingMore()
				return w
			})
		})
	}
}

// TestCommands saves by programs that end: each is one batch.
func TestCommands(t *testing.T) {
	for _, c := range []struct {
		name  string
		shell string // run in the root
		want  string
	}{
		{"sed -i", "sed -i.orig~ s/one/two/ a.lua", "changed a.lua=two\n"},
		{"sed -i on two", "sed -i.orig~ s/one/two/ a.lua lib/b.lua", "changed a.lua=two\n, changed lib/b.lua=two\n"},
		{"perl -i", "perl -pi -e s/one/two/ a.lua", "changed a.lua=two\n"},
		{"ed", "printf 's/one/two/\\nw\\nq\\n' | ed -s a.lua", "changed a.lua=two\n"},
		{"cp over", "cp ../two a.lua", "changed a.lua=two\n"},
		{"cp -p over", "cp -p ../two a.lua", "changed a.lua=two\n"},
		{"cp --remove-destination", "cp --remove-destination ../two a.lua", "changed a.lua=two\n"},
		{"mv over", "mv ../two a.lua", "changed a.lua=two\n"},
		{"install", "install ../two a.lua", "changed a.lua=two\n"},
		{"ln -sf", "ln -sf ../two a.lua", "changed a.lua=two\n"},
		{"tee", "cat ../two | tee a.lua >/dev/null", "changed a.lua=two\n"},
		{"dd", "dd if=../two of=a.lua status=none", "changed a.lua=two\n"},
		{"rsync", "rsync -a --ignore-times ../two a.lua", "changed a.lua=two\n"},
		{"rsync --inplace", "rsync -a --ignore-times --inplace ../two a.lua", "changed a.lua=two\n"},
		{"patch", "printf -- '--- a.lua\\n+++ a.lua\\n@@ -1 +1 @@\\n-one\\n+two\\n' | patch -s", "changed a.lua=two\n"},
		{"tar x", "mkdir ../x; cp ../two ../x/a.lua; tar cf - -C ../x a.lua | tar xf -", "changed a.lua=two\n"},
		{"sleep between pieces", "exec 3>a.lua; printf t >&3; sleep 0.05; printf w >&3; sleep 0.05; echo o >&3; exec 3>&-", "changed a.lua=two\n"},
		{"touch", "touch a.lua lib/b.lua", ""},
		{"chmod", "chmod 600 a.lua", ""},
		{"cp the same", "cp a.lua ../same; cp ../same a.lua", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			untorn(t, func(t *testing.T) *watched {
				needs(t, strings.Fields(c.name)[0])
				dir := filepath.Join(t.TempDir(), "root")
				must(t, os.MkdirAll(filepath.Join(dir, "lib"), 0o755))
				for name, text := range map[string]string{"a.lua": "one\n", "lib/b.lua": "one\n", "../two": "two\n"} {
					must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
				}
				w := watchDir(t, dir, Config{Roots: []string{dir}, Files: []string{"*.lua"}, Quiet: 50 * time.Millisecond})
				shell(t, dir, c.shell)
				if c.want != "" {
					w.expect(c.want)
				}
				w.nothingMore()
				return w
			})
		})
	}
}

// TestGit changes hundreds of files by git: each time one batch.
func TestGit(t *testing.T) {
	needs(t, "git")
	untorn(t, branches)
}

func branches(t *testing.T) *watched {
	dir := t.TempDir()
	git := func(args string) {
		t.Helper()
		shell(t, dir, "export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1; git -c user.name=x -c user.email=x@localhost "+args)
	}
	write := func(text string) {
		t.Helper()
		for i := range 300 {
			sub := filepath.Join(dir, "lib", fmt.Sprint(i/30))
			must(t, os.MkdirAll(sub, 0o755))
			must(t, os.WriteFile(filepath.Join(sub, fmt.Sprintf("m%d.lua", i)), []byte(text), 0o644))
		}
	}
	git("init -q -b one .")
	write("one")
	git("add .")
	git("commit -qm one")
	git("checkout -qb two")
	shell(t, dir, "rm -r lib/0")
	write("two")
	shell(t, dir, "rm -r lib/9")
	git("add -A .")
	git("commit -qm two")
	w := watchDir(t, dir, Config{Roots: []string{dir}, Files: []string{"*.lua"}, Quiet: 100 * time.Millisecond})
	count := func(want string) {
		t.Helper()
		ops := func(b Batch) string {
			n := map[Op]int{}
			for _, c := range b.Changes {
				n[c.Op]++
			}
			return fmt.Sprint(n)
		}
		if got := ops(w.whole(func(b Batch) bool { return ops(b) == want })); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	git("checkout -q one")
	count("map[changed:270 created:30]")
	w.nothingMore()
	shell(t, dir, "rm sentinel*")
	count("map[removed:1]")
	write("three")
	count("map[changed:300]")
	git("stash -q")
	count("map[changed:300]")
	git("stash pop -q")
	count("map[changed:300]")
	git("checkout -qf two")
	count("map[changed:270 removed:30]")
	git("checkout -q one -- lib/3/m95.lua")
	count("map[changed:1]")
	git("reset -q --hard")
	count("map[changed:1]")
	w.nothingMore()
	return w
}

func needs(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("%s isn't installed: how it saves isn't tried", program)
	}
}

func shell(t *testing.T, dir, line string) {
	t.Helper()
	cmd := exec.Command("/bin/sh", "-c", line)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", line, err, out)
	}
}
