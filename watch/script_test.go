package watch

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A case of the files in testdata: what is there before the watcher starts,
// then actions and the batches that are expected, in their order.
type scriptCase struct {
	name  string
	tags  []string // of "== name [tag tag]"
	lines []scriptLine
}

type scriptLine struct {
	number int
	words  []string
}

func (c scriptCase) has(tag string) bool {
	for _, t := range c.tags {
		if t == tag {
			return true
		}
	}
	return false
}

func readCases(t *testing.T, file string) []scriptCase {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var cases []scriptCase
	in := bufio.NewScanner(f)
	for n := 1; in.Scan(); n++ {
		line := strings.TrimSpace(in.Text())
		switch {
		case line == "" || strings.HasPrefix(line, "# "):
		case strings.HasPrefix(line, "== "):
			c := scriptCase{name: strings.TrimPrefix(line, "== ")}
			if name, tags, ok := strings.Cut(c.name, " ["); ok {
				c.name, c.tags = name, strings.Fields(strings.TrimSuffix(tags, "]"))
			}
			cases = append(cases, c)
		default:
			c := &cases[len(cases)-1]
			c.lines = append(c.lines, scriptLine{n, strings.Fields(line)})
		}
	}
	return cases
}

// scriptRun runs a case in a folder of its own.
type scriptRun struct {
	t    *testing.T
	cfg  Config
	dir  string // what the names in the case are relative to
	w    *watched
	open map[string]*os.File
}

func runCase(t *testing.T, c scriptCase, cfg Config) *watched {
	r := &scriptRun{t: t, cfg: cfg, dir: t.TempDir(), open: map[string]*os.File{}}
	r.cfg.Roots = []string{r.path("root")}
	must(t, os.Mkdir(r.path("root"), 0o755))
	for _, line := range c.lines {
		if err := r.do(line.words); err != nil {
			t.Fatalf("line %d: %s: %v", line.number, strings.Join(line.words, " "), err)
		}
		if t.Failed() {
			t.Fatalf("at line %d: %s", line.number, strings.Join(line.words, " "))
		}
	}
	r.w.nothingMore()
	return r.w
}

// path is relative to the root, or with a leading "../" to the case's folder.
func (r *scriptRun) path(name string) string {
	if name == "root" {
		return filepath.Join(r.dir, "root")
	}
	return filepath.Join(r.dir, "root", name)
}

func (r *scriptRun) do(words []string) error {
	arg := func(i int) string { return r.path(words[i]) }
	switch words[0] {
	case "config": // config files=*.lua ignore=x
		for _, setting := range words[1:] {
			key, value, _ := strings.Cut(setting, "=")
			switch key {
			case "files":
				r.cfg.Files = append(r.cfg.Files, value)
			case "ignore":
				r.cfg.Ignore = append(r.cfg.Ignore, value)
			case "unfinished": // how a file ends of which more is to come
				r.cfg.Unfinished = func(data []byte) bool { return strings.HasSuffix(string(data), value) }
			case "root":
				r.cfg.Roots = []string{r.path(value)}
			default:
				return fmt.Errorf("no setting %s", key)
			}
		}
	case "start": // the watcher starts
		r.w = watchDir(r.t, r.path("root"), r.cfg)
		r.w.sentinels = r.cfg.Roots[0]
	case "add": // add PATH
		return r.w.Add(arg(1))
	case "known": // known PATH TEXT, or without TEXT: looked for and not found
		h := Hash{}
		if len(words) > 2 {
			h = Sum([]byte(words[2]))
		}
		return r.w.SetKnown(arg(1), h)
	case "doubt": // doubt PATH
		return r.w.Doubt(arg(1))
	case ">": // > op file=text, the batch that is expected next
		r.w.expect(strings.Join(words[1:], " "))
	case "write":
		return os.WriteFile(arg(1), []byte(strings.Join(words[2:], " ")), 0o644)
	case "many": // many N NAME% TEXT, % is the number
		n, err := strconv.Atoi(words[1])
		for i := range n {
			if err == nil {
				err = os.WriteFile(strings.ReplaceAll(arg(2), "%", fmt.Sprintf("%04d", i)), []byte(words[3]), 0o644)
			}
		}
		return err
	case "open": // open PATH, truncated for writing, until close
		f, err := os.Create(arg(1))
		r.open[words[1]] = f
		r.t.Cleanup(func() { f.Close() })
		return err
	case "openappend":
		f, err := os.OpenFile(arg(1), os.O_WRONLY|os.O_APPEND, 0)
		r.open[words[1]] = f
		r.t.Cleanup(func() { f.Close() })
		return err
	case "put": // put PATH TEXT, to an open file
		_, err := r.open[words[1]].WriteString(words[2])
		return err
	case "close":
		return r.open[words[1]].Close()
	case "copy":
		data, err := os.ReadFile(arg(1))
		if err != nil {
			return err
		}
		return os.WriteFile(arg(2), data, 0o644)
	case "rename":
		return os.Rename(arg(1), arg(2))
	case "remove":
		return os.Remove(arg(1))
	case "removeall":
		return os.RemoveAll(arg(1))
	case "mkdir":
		return os.MkdirAll(arg(1), 0o755)
	case "symlink": // symlink TARGET NAME, as ln -s
		return os.Symlink(words[1], arg(2))
	case "swap": // swap TARGET NAME: replaces a symlink in one step
		if err := os.Symlink(words[1], arg(2)+".new~"); err != nil {
			return err
		}
		return os.Rename(arg(2)+".new~", arg(2))
	case "hardlink":
		return os.Link(arg(1), arg(2))
	case "touch":
		now := time.Now()
		return os.Chtimes(arg(1), now, now)
	case "chmod":
		mode, err := strconv.ParseUint(words[2], 8, 32)
		if err != nil {
			return err
		}
		return os.Chmod(arg(1), fs.FileMode(mode))
	case "pause": // the pace of a writer, never a wait for the watcher
		d, err := time.ParseDuration(words[1])
		time.Sleep(d)
		return err
	default:
		return fmt.Errorf("no action %s", words[0])
	}
	return nil
}

func TestScripts(t *testing.T) {
	// The cases say what belongs together, not how fast the machine does it:
	// a longer quiet than by default keeps a loaded one from tearing it apart.
	quiet := 50 * time.Millisecond
	if s := os.Getenv("WATCH_QUIET"); s != "" {
		var err error
		quiet, err = time.ParseDuration(s)
		must(t, err)
	}
	modes := map[string]Config{
		"events": {Quiet: quiet},
		"poll":   {Quiet: quiet, Mode: Poll, PollInterval: 5 * time.Millisecond},
	}
	files, err := filepath.Glob("testdata/*.txt")
	must(t, err)
	for _, file := range files {
		for _, c := range readCases(t, file) {
			for mode, cfg := range modes {
				name := strings.TrimSuffix(filepath.Base(file), ".txt") + "/" + c.name + "/" + mode
				t.Run(name, func(t *testing.T) {
					if c.has("!"+mode) || c.has("!"+runtime.GOOS) || (c.has("lease") && !leases(t)) {
						t.Skipf("the case is not for %s on %s here", mode, runtime.GOOS)
					}
					untorn(t, func(t *testing.T) *watched { return runCase(t, c, cfg) })
				})
			}
		}
	}
}
