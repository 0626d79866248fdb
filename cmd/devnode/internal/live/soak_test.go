package live

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"devnode/runtime"
)

// TestSoak saves at random, in random ways, over a tree of 200 modules that 100
// services load, against a model of which service has to run which bytes. No
// save may be missed, and no service reloaded for nothing: each generation runs
// other bytes than the one before, and there are no more of them than there were
// saves of what the service depends on.
//
// It takes some seconds. DEVNODE_SOAK, a duration such as 5m, makes it longer;
// DEVNODE_SEED, a number, makes it another one.
func TestSoak(t *testing.T) {
	long, seed := lengthAndSeed(t, "DEVNODE_SOAK", 4*time.Second)
	s := newSoak(t, seed)
	for end := time.Now().Add(long); time.Now().Before(end) && !t.Failed(); s.bursts++ {
		s.burst()
	}
	if !t.Failed() {
		t.Log("0 missed, 0 for nothing")
	}
	t.Logf("%d saves in %d bursts, %d reloads of %d services, %d failed as they had to, slowest burst seen after %s",
		s.saves, s.bursts, s.reloads, len(s.handles), s.failures, s.slowest.Round(time.Millisecond))
}

// soak is a run of the soak test.
type soak struct {
	*world
	rand    *rand.Rand
	tree    *soakTree
	handles map[string]runtime.Handle // by service
	seen    map[string]int            // the generation that each had after the last burst
	unseen  map[string]int            // by service: the saves of the last burst that led to nothing so far
	account *soakAccount              // of what was saved since
	did     []string                  // since the last burst

	saves, bursts, reloads, failures int
	slowest                          time.Duration
}

func newSoak(t *testing.T, seed uint64) *soak {
	r := rand.New(rand.NewPCG(seed, 7))
	s := &soak{rand: r, tree: newSoakTree(r), handles: map[string]runtime.Handle{}, seen: map[string]int{}, unseen: map[string]int{}}
	files := map[string]string{}
	for name, f := range s.tree.files {
		files[name] = f.text(name)
	}
	s.account = newSoakAccount(s.tree)
	s.world = newWorld(t, files)
	must(t, os.Symlink("v1", s.path("cur")))
	for _, folder := range []string{"over", "links"} {
		must(t, os.MkdirAll(s.path(folder), 0o755))
	}
	for _, name := range s.tree.services {
		s.handles[name] = s.launch(name)
	}
	s.arrive()
	return s
}

// burst saves some files and waits until every service runs what it has to.
func (s *soak) burst() {
	s.did = s.did[:0]
	s.account = newSoakAccount(s.tree)
	if s.rand.IntN(8) == 0 {
		s.breakAndMend()
		return
	}
	for range 1 + s.rand.IntN(8) {
		s.act()
		if s.rand.IntN(4) == 0 {
			time.Sleep(time.Duration(s.rand.IntN(60)) * time.Millisecond) // of the one who saves
		}
	}
	s.arrive()
}

// act does one thing to the tree.
func (s *soak) act() {
	s.saves++
	files := s.tree.names("lib/", "svc/", "v1/", "v2/", "over/")
	name := files[s.rand.IntN(len(files))]
	switch s.rand.IntN(12) {
	case 0:
		s.note("touch", name)
		s.touch(name)
	case 1:
		s.note("same bytes", name)
		s.some()(name, s.tree.files[name].text(name))
	case 2:
		s.note("swap", "cur")
		s.swap()
	case 3: // a module that services may have looked for in vain, or that hides another
		name = fmt.Sprintf("over/%s.lua", moduleName(s.rand.IntN(soakModules-soakSwapped)))
		if s.rand.IntN(2) == 0 {
			name = fmt.Sprintf("lib/o%02d.lua", s.rand.IntN(8))
		}
		s.put(name, soakFile{version: s.tree.next()})
	case 4: // and its end, which is none of theirs: they don't fail without it
		if gone := s.tree.names("over/", "lib/o"); len(gone) > 0 {
			name = gone[s.rand.IntN(len(gone))]
			s.note("remove", name)
			must(s.t, os.Remove(s.path(name)))
			s.account.change(func() { delete(s.tree.files, name) })
		}
	case 5: // several at once
		for range 2 + s.rand.IntN(20) {
			s.put(files[s.rand.IntN(len(files))], soakFile{})
		}
	default:
		s.put(name, soakFile{})
	}
}

// put saves a new version of a file.
func (s *soak) put(name string, f soakFile) {
	if f.version == 0 {
		f = s.another(name)
	}
	s.note("save", name)
	s.some()(name, f.text(name))
	s.account.change(func() { s.tree.files[name] = f })
}

// another is a new version of a file, with the same requires as a rule.
func (s *soak) another(name string) soakFile {
	f := s.tree.files[name]
	module := strings.TrimSuffix(filepath.Base(name), ".lua")
	number, err := strconv.Atoi(module[1:])
	if s.rand.IntN(4) > 0 || err != nil || module[0] == 'c' || module[0] == 'o' || strings.HasPrefix(name, "over/") {
		f.version = s.tree.next()
		return f
	}
	if module[0] == 's' {
		number = -1
	}
	return s.tree.fresh(number)
}

func (s *soak) note(what, name string) { s.did = append(s.did, what+" "+name) }

// arrive waits until every service answers what it has to, and judges how often
// each was reloaded for it. Where a burst ends with the bytes that it began with,
// that is so at once, and its reloads come later.
func (s *soak) arrive() {
	s.t.Helper()
	began := time.Now()
	for name, h := range s.handles {
		want := s.tree.answer(name)
		for s.ask(h) != want {
			if time.Since(began) > patience {
				s.t.Fatalf("missed by %s: answers\n%s\nwant\n%s\nafter\n%s\nlog\n%s", name, s.ask(h), want, strings.Join(s.did, "\n"), s.tailOfLog())
			}
			time.Sleep(time.Millisecond)
		}
	}
	s.slowest = max(s.slowest, time.Since(began))
	for name, h := range s.handles {
		info := s.info(h)
		rises, saves := info.Generation-s.seen[name], s.account.saves(name)
		if s.seen[name] > 0 && rises > 0 {
			s.reloads += rises
			if rises > saves+s.unseen[name] {
				s.t.Errorf("%s was reloaded %d times for %d saves, after\n%s\nlog\n%s", name, rises, saves, strings.Join(s.did, "\n"), s.tailOfLog())
			}
			s.differ(name)
		}
		s.unseen[name] = min(saves, max(0, saves+s.unseen[name]-rises))
		if info.Failure != "" {
			s.t.Errorf("%s: %s, after\n%s", name, info.Failure, strings.Join(s.did, "\n"))
		}
		s.seen[name] = info.Generation
	}
}

// differ judges that no generation of a service ran the files of the one before.
func (s *soak) differ(name string) {
	s.t.Helper()
	var before map[string]runtime.Hash
	for _, r := range s.history(s.handles[name]) {
		if r.Err != nil || r.Generation == r.From {
			continue // a failure, or the end of one by the bytes that run
		}
		if now := r.Files(); before != nil && maps.Equal(before, now) {
			s.t.Errorf("%s was reloaded for nothing: generation %d, %s, after\n%s\nlog\n%s", name, r.Generation, r.Trigger, strings.Join(s.did, "\n"), s.tailOfLog())
		}
		before = r.Files()
	}
}

// breakAndMend saves a module that doesn't compile: those who load it keep what
// they run, and say so, until the save that mends it.
func (s *soak) breakAndMend() {
	name := s.tree.names("lib/m")[s.rand.IntN(soakModules-soakSwapped)]
	s.saves += 2
	s.note("break", name)
	s.some()(name, "local x = = 1\n")
	var users []string
	for service := range s.handles {
		if _, ok := s.tree.loaded(service)[name]; ok {
			users = append(users, service)
		}
	}
	slices.Sort(users)
	for _, u := range users {
		s.eventually(u+" says that it failed", func() bool { return s.info(s.handles[u]).Failure != "" })
		if got, want := s.ask(s.handles[u]), s.tree.answer(u); got != want {
			s.t.Errorf("%s answers %s while %s is broken, want %s", u, got, name, want)
		}
		s.failures++
	}
	s.put(name, soakFile{})
	s.arrive()
}

func (s *soak) tailOfLog() string {
	lines := strings.Split(s.log.String(), "\n")
	return strings.Join(lines[max(0, len(lines)-40):], "\n")
}
