package watch

import (
	"errors"
	"fmt"
	"runtime"
	"syscall"
)

// reasons collects why the watcher does less than was asked for. Each goes to
// the log once, and stays in the status. Guarded by Watcher.mu.
type reasons struct {
	logf  func(format string, args ...any)
	lines []string
	seen  map[string]bool
}

func newReasons(logf func(string, ...any)) *reasons {
	return &reasons{logf: logf, seen: map[string]bool{}}
}

// add takes up a reason unless one of that key was taken before.
func (r *reasons) add(key, format string, args ...any) {
	if r.seen[key] {
		return
	}
	r.seen[key] = true
	line := fmt.Sprintf(format, args...)
	r.lines = append(r.lines, line)
	r.logf("%s", line)
}

// fileSystem says that a folder is on a file system whose events can't be
// relied on.
func (r *reasons) fileSystem(dir, kind string) {
	r.add("fs "+kind, "watch %s: on %s, where changes made elsewhere raise no events: polling", dir, kind)
}

// refused says that the system gave no events for a folder.
func (r *reasons) refused(dir string, err error) {
	key := err.Error()
	var errno syscall.Errno
	if errors.As(err, &errno) {
		key = errno.Error()
	}
	r.add("refused "+key, "watch %s: no events: %s: polling it and what else is refused%s", dir, causeOf(err), hintFor(err))
}

// noEvents says that the system gave no events at all.
func (r *reasons) noEvents(err error) {
	r.add("none", "watch: no events: %s: polling everything%s", causeOf(err), hintFor(err))
}

// causeOf says what was refused. The system's own words for its limits are those
// for a full disk and for too many files.
func causeOf(err error) string {
	switch {
	case runtime.GOOS == "linux" && errors.Is(err, syscall.ENOSPC):
		return "the limit of watched folders is reached"
	case runtime.GOOS == "linux" && errors.Is(err, syscall.EMFILE):
		return "the limit of watchers, or of open files, is reached"
	}
	return err.Error()
}

// hintFor names the setting to raise.
func hintFor(err error) string {
	switch {
	case runtime.GOOS == "linux" && errors.Is(err, syscall.ENOSPC):
		return " (try: sysctl fs.inotify.max_user_watches=524288)"
	case runtime.GOOS == "linux" && errors.Is(err, syscall.EMFILE):
		return " (try: sysctl fs.inotify.max_user_instances=1024, or ulimit -n 65536)"
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return " (try: ulimit -n 65536)"
	}
	return ""
}
