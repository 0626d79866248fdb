package live

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The ways of saving of the soak test. Each leaves name with text on the disk.

func (s *soak) write(name, text string) {
	must(s.t, os.WriteFile(s.path(name), []byte(text), 0o644))
}

func (s *soak) renameOver(name, text string) {
	temporary := s.path(name) + fmt.Sprintf(".tmp%d", s.tree.next())
	must(s.t, os.WriteFile(temporary, []byte(text), 0o644))
	must(s.t, os.Rename(temporary, s.path(name)))
}

// inPieces truncates, and writes with pauses in between.
func (s *soak) inPieces(name, text string) {
	f, err := os.OpenFile(s.path(name), os.O_WRONLY|os.O_TRUNC|os.O_CREATE, 0o644)
	must(s.t, err)
	for len(text) > 0 {
		n := min(1+s.rand.IntN(60), len(text))
		_, err := f.WriteString(text[:n])
		must(s.t, err)
		text = text[n:]
		if s.rand.IntN(3) == 0 {
			time.Sleep(time.Duration(s.rand.IntN(15)) * time.Millisecond)
		}
	}
	must(s.t, f.Close())
}

func (s *soak) removeAndCreate(name, text string) {
	defer s.goneFor(name)()
	if err := os.Remove(s.path(name)); err != nil && !os.IsNotExist(err) {
		s.t.Fatal(err)
	}
	time.Sleep(time.Duration(s.rand.IntN(10)) * time.Millisecond)
	s.write(name, text)
}

// backup does as vim with a backup copy: the file moves aside, a new one takes
// its place, and the copy goes.
func (s *soak) backup(name, text string) {
	defer s.goneFor(name)()
	aside := s.path(name) + "~"
	if err := os.Rename(s.path(name), aside); err != nil && !os.IsNotExist(err) {
		s.t.Fatal(err)
	}
	s.write(name, text)
	_ = os.Remove(aside) // there was none if the file is new
}

// goneFor times a save during which the file is gone. If that takes so long, on
// a machine that is busy, that it may be believed, it counts for one save more.
func (s *soak) goneFor(name string) (over func()) {
	began := time.Now()
	return func() {
		if time.Since(began) > 50*time.Millisecond {
			s.account.again(name)
		}
	}
}

// viaLink makes the file a symlink to another, which is swapped.
func (s *soak) viaLink(name, text string) {
	n := s.tree.next()
	target := s.path(filepath.Join("links", fmt.Sprintf("%s.%d", strings.ReplaceAll(name, "/", "_"), n)))
	must(s.t, os.WriteFile(target, []byte(text), 0o644))
	temporary := s.path(name) + fmt.Sprintf(".tmp%d", n)
	must(s.t, os.Symlink(target, temporary))
	must(s.t, os.Rename(temporary, s.path(name)))
}

// some is any way of saving.
func (s *soak) some() func(name, text string) {
	ways := []func(string, string){s.write, s.renameOver, s.inPieces, s.removeAndCreate, s.backup, s.viaLink}
	return ways[s.rand.IntN(len(ways))]
}

// swap points cur at the other folder, as a rename over it.
func (s *soak) swap() {
	other := map[string]string{"v1": "v2", "v2": "v1"}[s.tree.current]
	temporary := s.path("cur.tmp")
	must(s.t, os.Symlink(other, temporary))
	must(s.t, os.Rename(temporary, s.path("cur")))
	s.account.change(func() { s.tree.current = other })
}

func (s *soak) touch(name string) {
	now := time.Now()
	must(s.t, os.Chtimes(s.path(name), now, now))
}
