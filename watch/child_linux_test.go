package watch

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asChild runs the test again in a process with other attributes, and reports
// whether this is that process. Where the system doesn't allow it, the test
// is skipped.
func asChild(t *testing.T, attr *syscall.SysProcAttr, dir string) bool {
	t.Helper()
	if os.Getenv("WATCH_CHILD") != "" {
		return true
	}
	// By this name the program is found even if its folder is out of reach.
	cmd := exec.Command("/proc/self/exe", "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), "WATCH_CHILD="+dir, "TMPDIR="+dir)
	cmd.Dir = "/"
	cmd.SysProcAttr = attr
	out, err := cmd.CombinedOutput()
	if _, ran := err.(*exec.ExitError); err != nil && !ran {
		t.Skipf("not allowed here: %v", err)
	}
	if err != nil {
		t.Errorf("%v: %s", err, out)
	} else if strings.Contains(string(out), "--- SKIP") {
		t.Skipf("in the child: %s", out)
	}
	return false
}

// TestUnreadable runs as a user who can be refused something.
func TestUnreadable(t *testing.T) {
	var attr *syscall.SysProcAttr
	home := os.Getenv("WATCH_CHILD")
	if home == "" && os.Getuid() == 0 {
		var err error
		home, err = os.MkdirTemp("/tmp", "watch")
		must(t, err)
		defer os.RemoveAll(home)
		must(t, os.Chmod(home, 0o777))
		attr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	} else if home == "" {
		home = t.TempDir()
	}
	if !asChild(t, attr, home) {
		return
	}
	dir := newDir(t, "one", "a.lua", "x/b.lua")
	w := watchDir(t, dir, Config{Roots: []string{dir}})
	path := filepath.Join(dir, "a.lua")
	must(t, os.Chmod(path, 0))
	if _, err := os.ReadFile(path); err == nil {
		t.Skip("nothing is refused to this user")
	}
	w.expect("unreadable a.lua")
	w.nothingMore()
	must(t, os.Chmod(path, 0o644))
	w.expect("changed a.lua=one") // the end of it, though the bytes are the same
	// Saved while it can't be read.
	must(t, os.Chmod(path, 0o200))
	must(t, os.WriteFile(path, []byte("two"), 0))
	w.expect("unreadable a.lua")
	w.nothingMore()
	if s := w.Status(); len(s.Trouble) != 1 || s.Trouble[0].Path != path {
		t.Errorf("trouble: got %v, want %s", s.Trouble, path)
	}
	must(t, os.Chmod(path, 0o644))
	w.expect("changed a.lua=two")
	if s := w.Status(); len(s.Trouble) != 0 {
		t.Errorf("trouble: got %v, want none", s.Trouble)
	}
	// A folder that can't be entered for a while.
	must(t, os.Chmod(filepath.Join(dir, "x"), 0))
	w.expect("unreadable x/b.lua")
	w.nothingMore()
	must(t, os.Chmod(filepath.Join(dir, "x"), 0o755))
	w.expect("changed x/b.lua=one")
	w.nothingMore()
	save(t, dir, "x/b.lua", "two")
	w.expect("changed x/b.lua=two")
	must(t, os.Chmod(filepath.Join(dir, "x"), 0))
	w.expect("unreadable x/b.lua")
	must(t, os.Chmod(filepath.Join(dir, "x"), 0o755))
	w.expect("changed x/b.lua=two")
	save(t, dir, "x/c.lua", "one")
	w.expect("created x/c.lua=one")
	w.nothingMore()
	// And so for files that are named singly, whatever folder is in the way.
	named := watchDir(t, dir, Config{})
	must(t, named.SetKnown(filepath.Join(dir, "x/b.lua"), Sum([]byte("two"))))
	for _, folder := range []string{dir, filepath.Join(dir, "x")} {
		must(t, os.Chmod(folder, 0))
		named.expect("unreadable x/b.lua")
		must(t, os.Chmod(folder, 0o755))
		named.expect("changed x/b.lua=two")
	}
}

// TestLimits runs where the system grants two watches, or none.
func TestLimits(t *testing.T) {
	if !asChild(t, &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}, os.TempDir()) {
		return
	}
	limit := func(name, n string) {
		t.Helper()
		if err := os.WriteFile("/proc/sys/user/"+name, []byte(n), 0); err != nil {
			t.Skipf("the limit can't be lowered: %v", err)
		}
	}
	check := func(what, hint string) {
		t.Helper()
		dir := newDir(t, "one", "a.lua", "x/a.lua", "y/a.lua", "z/a.lua")
		var lines []string
		w := watchDir(t, dir, Config{Roots: []string{dir}, PollInterval: 5 * time.Millisecond,
			Log: func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }})
		for _, name := range []string{"a.lua", "x/a.lua", "y/a.lua", "z/a.lua"} {
			save(t, dir, name, "two")
			w.expect("changed " + name + "=two")
		}
		save(t, dir, "new/a.lua", "one")
		w.expect("created new/a.lua=one")
		w.nothingMore()
		if len(lines) != 1 || !strings.Contains(lines[0], what) || !strings.Contains(lines[0], hint) {
			t.Errorf("the log: got %q, want one line with %q and %q", lines, what, hint)
		}
		if s := w.Status(); s.Polled == 0 || len(s.Degraded) != 1 {
			t.Errorf("status: got %+v", s)
		}
	}
	limit("max_inotify_watches", "2")
	check("the limit of watched folders is reached: polling it", "fs.inotify.max_user_watches")
	limit("max_inotify_instances", "0")
	check("is reached: polling everything", "fs.inotify.max_user_instances")
}

func TestPipe(t *testing.T) {
	dir := newDir(t, "one", "a.lua")
	must(t, syscall.Mkfifo(filepath.Join(dir, "b.lua"), 0o644))
	w := watchDir(t, dir, Config{Roots: []string{dir}})
	must(t, w.SetKnown(filepath.Join(dir, "b.lua"), Hash{}))
	must(t, syscall.Mkfifo(filepath.Join(dir, "c.lua"), 0o644))
	must(t, os.Remove(filepath.Join(dir, "a.lua")))
	must(t, syscall.Mkfifo(filepath.Join(dir, "a.lua"), 0o644))
	w.expect("removed a.lua")
	w.nothingMore()
}

// TestMapped writes through a mapping, which raises no event; the truncation
// before it does, and the writer is waited for.
func TestMapped(t *testing.T) {
	if !leases(t) {
		t.Skip("the file system has no leases")
	}
	dir := newDir(t, "one", "a.lua")
	w := watchDir(t, dir, Config{Roots: []string{dir}})
	f, err := os.OpenFile(filepath.Join(dir, "a.lua"), os.O_RDWR, 0)
	must(t, err)
	must(t, f.Truncate(5))
	m, err := syscall.Mmap(int(f.Fd()), 0, 5, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	must(t, err)
	must(t, f.Close())
	copy(m, "three")
	must(t, syscall.Munmap(m))
	w.expect("changed a.lua=three")
	w.nothingMore()
}
