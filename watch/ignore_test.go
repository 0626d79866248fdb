package watch

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestIgnoreAsGit compares the rules with git's own, on every pair of these
// pattern lists and paths.
func TestIgnoreAsGit(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git isn't installed: nothing to compare the rules with")
	}
	lists := []string{
		"*.o", "*.o\n!keep.o", "/a.o", "x/a.o", "x/", "x", "!x\nx/*", "**/a.o", "x/**", "x/**/a.o",
		"?.o", "[a-k].o", "[!a].o", `\#x`, `\!x`, "# x", "a.o ", `a.o\ `, "{a,b}.o", "*", "*\n!*/\n!*.lua",
		"y/x/", "/x/y", "x/*/z", "**", "**/", "a**o", ".*.sw?", "*~", "#*#", `\#*#`, ".#*", "4913", "..?*",
		"a.o\r", "x//a.o", "[", "é*", "(a).o", "a+.o", "*.[oa]", "[[:alpha:]].o",
	}
	paths := []string{
		"a.o", "b.o", "keep.o", "x/a.o", "x/y/a.o", "x/y/z/a.o", "y/x/b.o", "z.lua", "w/z.lua", "#x", "!x",
		".a.lua.swp", "a~", "#a#", ".#a", "4913", "..data", "{a,b}.o", "é.lua", "(a).o", "a+.o", "a+/b.o", "a.oo",
	}
	for _, list := range lists {
		dir := t.TempDir()
		run := func(args ...string) string {
			cmd := exec.Command(git, args...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
			out, _ := cmd.Output() // check-ignore exits with 1 when nothing is ignored
			return string(out)
		}
		run("init", "-q")
		must(t, os.WriteFile(filepath.Join(dir, ".gitignore"), []byte(list), 0o644))
		for _, p := range paths {
			must(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, p)), 0o755))
			must(t, os.WriteFile(filepath.Join(dir, p), nil, 0o644))
		}
		ignored := map[string]bool{}
		out := run(append([]string{"-c", "core.quotePath=false", "check-ignore", "--no-index"}, paths...)...)
		for _, p := range strings.Split(strings.TrimSpace(out), "\n") {
			ignored[strings.Trim(p, `"`)] = true
		}
		set, _ := newRuleset(nil, dir, strings.Split(list, "\n"))
		for _, p := range paths {
			if got := excluded(set, dir, p); got != ignored[p] {
				t.Errorf("%q on %s: got %v, git says %v", list, p, got, ignored[p])
			}
		}
	}
}

// excluded asks as the tree does: a folder that is excluded isn't entered.
func excluded(set *ruleset, dir, path string) bool {
	parts := strings.Split(path, "/")
	for i := range parts {
		if set.matches(filepath.Join(dir, filepath.Join(parts[:i+1]...)), i < len(parts)-1) {
			return true
		}
	}
	return false
}
