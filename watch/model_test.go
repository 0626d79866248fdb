package watch

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestModel saves at random, in random ways, over a tree of modules, against
// a model of a consumer: it never hears what it knows already, it only ever
// hears what was saved as a whole, and after each burst of saves it knows what
// the disk holds. The tree is watched as a root, or file by file, as by a consumer
// that names what it has loaded or looked for. WATCH_LONG, a duration, makes it
// longer; DEVNODE_SEED, a number, another one.
func TestModel(t *testing.T) {
	long := 2 * time.Second
	if s := os.Getenv("WATCH_LONG"); s != "" {
		var err error
		long, err = time.ParseDuration(s)
		must(t, err)
	}
	seed := uint64(1)
	if s := os.Getenv("DEVNODE_SEED"); s != "" {
		var err error
		seed, err = strconv.ParseUint(s, 10, 64)
		must(t, err)
	}
	for _, cfg := range []Config{{}, {Quiet: time.Millisecond}, {Mode: Poll, PollInterval: 10 * time.Millisecond}} {
		for _, named := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v quiet %v named %v", cfg.Mode, cfg.Quiet, named), func(t *testing.T) {
				t.Logf("seed %d", seed)
				newModel(t, cfg, seed, named).run(long)
			})
		}
	}
}

type model struct {
	t    *testing.T
	dir  string // the folder with the root and others beside it
	root string
	w    *watched
	rand *rand.Rand
	only map[string]bool // the paths that are watched, if not all of the root

	knows  map[string]string          // what the consumer knows, by path
	saved  map[string]map[string]bool // whatever a file was saved as, by name
	writes int
	log    []string // of what was done since all was known
	heard  int
	bursts int
}

func newModel(t *testing.T, cfg Config, seed uint64, named bool) *model {
	m := &model{t: t, dir: t.TempDir(), rand: rand.New(rand.NewPCG(seed, 1)),
		knows: map[string]string{}, saved: map[string]map[string]bool{}}
	m.root = filepath.Join(m.dir, "root")
	for _, sub := range []string{"root", "root/lib", "root/lib/deep", "root/svc", "v1", "v2", "spare"} {
		must(t, os.MkdirAll(filepath.Join(m.dir, sub), 0o755))
	}
	for i := range 60 {
		sub := []string{"root", "root/lib", "root/lib/deep", "root/svc", "v1", "v2"}[i%6]
		m.save(filepath.Join(m.dir, sub, fmt.Sprintf("m%d.lua", i/6)), os.WriteFile)
	}
	must(t, os.Symlink("../v1", filepath.Join(m.root, "link")))
	if named {
		m.w = watchDir(t, m.root, cfg)
		m.name()
		return m
	}
	m.knows = m.disk()
	cfg.Roots, cfg.Files = []string{m.root}, []string{"*.lua"}
	m.w = watchDir(t, m.root, cfg)
	return m
}

// name has every path watched where a file may be, and no folder.
func (m *model) name() {
	m.only = map[string]bool{}
	for _, dir := range []string{"", "lib", "lib/deep", "svc", "svc/deep", "link", "more", "new0/x", "new1/x", "new2/x"} {
		for i := range 10 {
			m.only[filepath.Join(m.root, dir, fmt.Sprintf("m%d.lua", i))] = true
			m.only[filepath.Join(m.root, dir, fmt.Sprintf("n%d.lua", i))] = true
		}
		for _, name := range []string{"y.lua", "s.lua", "sentinel.lua"} {
			m.only[filepath.Join(m.root, dir, name)] = true
		}
	}
	m.knows = m.disk()
	for path := range m.only {
		known := Hash{}
		if text, ok := m.knows[path]; ok {
			known = Sum([]byte(text))
		}
		must(m.t, m.w.SetKnown(path, known))
	}
}

func (m *model) run(long time.Duration) {
	for end := time.Now().Add(long); time.Now().Before(end) && !m.t.Failed(); m.bursts++ {
		m.log = nil
		for range 1 + m.rand.IntN(12) {
			m.act()
			if m.rand.IntN(4) == 0 {
				time.Sleep(time.Duration(m.rand.IntN(20)) * time.Millisecond) // of the one who saves
			}
		}
		m.settle()
	}
	m.t.Logf("%d saves in %d bursts, %d changes heard", m.writes, m.bursts, m.heard)
}

// settle hears batches until the consumer knows what the disk holds, and the
// sentinel that was saved last.
func (m *model) settle() {
	m.t.Helper()
	m.save(filepath.Join(m.root, "sentinel.lua"), os.WriteFile)
	late := time.After(patience)
	for {
		disk := m.disk()
		if maps.Equal(m.knows, disk) {
			return
		}
		select {
		case b := <-m.w.Batches():
			m.hear(b)
		case <-late:
			for path := range maps.Keys(disk) {
				if m.knows[path] != disk[path] {
					m.t.Errorf("missed %s: knows %q, the disk holds %q", path, m.knows[path], disk[path])
				}
			}
			for path := range m.knows {
				if _, ok := disk[path]; !ok {
					m.t.Errorf("missed that %s is gone", path)
				}
			}
			m.t.Fatalf("after\n%s\nstatus %+v", strings.Join(m.log, "\n"), m.w.Status())
		}
	}
}

func (m *model) hear(b Batch) {
	for _, c := range b.Changes {
		m.heard++
		old, known := m.knows[c.Path]
		text := string(c.Data)
		switch {
		case c.Op == Removed && !known, c.Op == Created && known, c.Op == Changed && (!known || old == text):
			m.t.Errorf("heard for nothing: %v %s %q, knew %q\n%s", c.Op, c.Path, text, old, strings.Join(m.log, "\n"))
		case c.Op != Removed && !m.saved[filepath.Base(c.Path)][text]:
			m.t.Errorf("heard a piece: %v %s %q\n%s", c.Op, c.Path, text, strings.Join(m.log, "\n"))
		}
		if c.Op == Removed {
			delete(m.knows, c.Path)
		} else {
			m.knows[c.Path] = text
		}
	}
}

// disk returns what the files in the root hold, by every path there is.
func (m *model) disk() map[string]string {
	files := map[string]string{}
	var walk func(dir string)
	walk = func(dir string) {
		entries, err := os.ReadDir(dir)
		must(m.t, err)
		for _, e := range entries {
			path := filepath.Join(dir, e.Name())
			if info, err := os.Stat(path); err == nil && info.IsDir() {
				walk(path)
			} else if data, err := os.ReadFile(path); err == nil && strings.HasSuffix(path, ".lua") && (m.only == nil || m.only[path]) {
				files[path] = string(data)
			}
		}
	}
	walk(m.root)
	return files
}

// save saves a new text by a way of saving.
func (m *model) save(path string, how func(string, []byte, fs.FileMode) error) {
	m.writes++
	text := fmt.Sprintf("%s %d\n", filepath.Base(path), m.writes)
	m.remember(path, text)
	must(m.t, how(path, []byte(text), 0o644))
}

func (m *model) remember(path, text string) {
	name := filepath.Base(path)
	if m.saved[name] == nil {
		m.saved[name] = map[string]bool{}
	}
	m.saved[name][text] = true
}

// pick returns a random file, by a random path of it.
func (m *model) pick() string {
	files := slices.Sorted(maps.Keys(m.disk()))
	return files[m.rand.IntN(len(files))]
}

func (m *model) act() {
	acts := []struct {
		name string
		do   func() string
	}{
		{"write", func() string { p := m.pick(); m.save(p, os.WriteFile); return p }},
		{"write anew", func() string {
			p := filepath.Join(filepath.Dir(m.pick()), fmt.Sprintf("n%d.lua", m.rand.IntN(5)))
			m.save(p, os.WriteFile)
			return p
		}},
		{"rename into place", func() string {
			p := m.pick()
			m.save(p, func(p string, data []byte, mode fs.FileMode) error {
				must(m.t, os.WriteFile(p+".tmp", data, mode))
				return os.Rename(p+".tmp", p)
			})
			return p
		}},
		{"remove and make again", func() string {
			p := m.pick()
			m.save(p, func(p string, data []byte, mode fs.FileMode) error {
				must(m.t, os.Remove(p))
				return os.WriteFile(p, data, mode)
			})
			return p
		}},
		{"backup and write", func() string {
			p := m.pick()
			m.save(p, func(p string, data []byte, mode fs.FileMode) error {
				must(m.t, os.Rename(p, p+"~"))
				must(m.t, os.WriteFile(p, data, mode))
				return os.Remove(p + "~")
			})
			return p
		}},
		{"write in chunks", func() string {
			p := m.pick()
			m.save(p, m.chunks)
			return p
		}},
		{"write twice", func() string {
			p := m.pick()
			m.save(p, os.WriteFile)
			m.save(p, os.WriteFile)
			return p
		}},
		{"remove", func() string { p := m.pick(); must(m.t, os.Remove(p)); return p }},
		{"touch", func() string { p := m.pick(); must(m.t, os.Chtimes(p, time.Now(), time.Now())); return p }},
		{"same bytes", func() string {
			p := m.pick()
			data, err := os.ReadFile(p)
			must(m.t, err)
			must(m.t, os.WriteFile(p, data, 0o644))
			return p
		}},
		{"swap link", func() string {
			to := fmt.Sprint("../v", 1+m.rand.IntN(2))
			must(m.t, os.Symlink(to, filepath.Join(m.dir, "link.new")))
			must(m.t, os.Rename(filepath.Join(m.dir, "link.new"), filepath.Join(m.root, "link")))
			return to
		}},
		{"move folder", func() string {
			deep, spare := filepath.Join(m.root, "lib/deep"), filepath.Join(m.root, "svc/deep")
			if os.Rename(deep, spare) != nil {
				must(m.t, os.Rename(spare, deep))
			}
			return deep
		}},
		{"move folder out", func() string {
			svc, spare := filepath.Join(m.root, "more"), filepath.Join(m.dir, "spare")
			if os.Rename(svc, spare) != nil {
				must(m.t, os.Rename(spare, svc))
			}
			m.save(filepath.Join(m.dir, "later.lua"), os.WriteFile)
			return svc
		}},
		{"put another folder in its place", func() string {
			d := filepath.Join(m.root, "lib")
			fresh, old := filepath.Join(m.dir, "fresh"), filepath.Join(m.dir, "old")
			must(m.t, os.CopyFS(fresh, os.DirFS(d)))
			m.save(filepath.Join(fresh, fmt.Sprintf("n%d.lua", m.rand.IntN(5))), os.WriteFile)
			must(m.t, os.Rename(d, old))
			must(m.t, os.Rename(fresh, d))
			must(m.t, os.RemoveAll(old))
			return d
		}},
		{"put another folder above", func() string {
			d, old := filepath.Join(m.root, fmt.Sprintf("new%d", m.rand.IntN(3))), filepath.Join(m.dir, "old")
			_ = os.Rename(d, old)
			must(m.t, os.MkdirAll(filepath.Join(d, "x"), 0o755))
			m.save(filepath.Join(d, "x/y.lua"), os.WriteFile)
			must(m.t, os.RemoveAll(old))
			return d
		}},
		{"make folder", func() string {
			d := filepath.Join(m.root, fmt.Sprintf("new%d/x", m.rand.IntN(3)))
			must(m.t, os.MkdirAll(d, 0o755))
			m.save(filepath.Join(d, "y.lua"), os.WriteFile)
			return d
		}},
		{"remove folder", func() string {
			d := filepath.Join(m.root, fmt.Sprintf("new%d", m.rand.IntN(3)))
			must(m.t, os.RemoveAll(d))
			return d
		}},
		{"write in the spare folder", func() string {
			for _, d := range []string{"spare", "root/more"} {
				if _, err := os.Stat(filepath.Join(m.dir, d)); err == nil {
					m.save(filepath.Join(m.dir, d, "s.lua"), os.WriteFile)
				}
			}
			return ""
		}},
	}
	a := acts[m.rand.IntN(len(acts))]
	m.log = append(m.log, a.name+" "+a.do())
}

// chunks writes in two pieces with a pause between them.
func (m *model) chunks(path string, data []byte, _ fs.FileMode) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(data[:3])
	must(m.t, err)
	if leases(m.t) {
		time.Sleep(time.Duration(m.rand.IntN(15)) * time.Millisecond)
	}
	_, err = f.Write(data[3:])
	must(m.t, err)
	return f.Close()
}
