package live

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"devnode/console"
	"devnode/runtime"
)

// failure is what keeps services at their old code: one fault, and all that it
// holds up.
type failure struct {
	since    time.Time
	text     string // what is wrong, in one line
	excerpt  string // the line of the source, with a caret
	trace    string // the traceback, where there is one
	changed  string // what stays changed though it failed
	files    map[string]bool
	services map[runtime.Handle]bool
}

// failures are those that stand, by their text. The Reloader's lock guards them.
type failures map[string]*failure

// update takes in what came of a batch, and gives the entries of the log that say
// what failed by it and what was mended. uses tells which of the files a service
// has to do with.
func (fs failures) update(paths []string, uses func(runtime.Handle, string) bool, contents map[string][]byte, records []runtime.ReloadRecord, now time.Time) []string {
	var mended []string
	var failed []*failure
	was := map[runtime.Handle]*failure{}
	for _, f := range fs {
		for h := range f.services {
			was[h] = f
		}
	}
	fixed := map[*failure]bool{}
	for _, r := range records {
		if errors.Is(r.Err, runtime.ErrSuperseded) {
			continue // the newer one tells
		}
		if old := was[r.Service]; old != nil {
			delete(old.services, r.Service)
		}
		if r.Err == nil || errors.Is(r.Err, runtime.ErrUpToDate) {
			fixed[was[r.Service]] = true
			continue
		}
		text := console.Cause(r.Err.Error())
		f := fs[text]
		if f == nil {
			f = &failure{since: now, text: text, files: map[string]bool{}, services: map[runtime.Handle]bool{}}
			if old := was[r.Service]; old != nil {
				f.since = old.since
			}
			fs[text] = f
		}
		if p, ok := placeOf(r.Err.Error(), contents); ok {
			f.excerpt = p.excerpt(contents)
		}
		f.detail(r)
		for _, path := range paths {
			if uses(r.Service, path) {
				f.files[path] = true
			}
		}
		f.services[r.Service] = true
		if !slices.Contains(failed, f) {
			failed = append(failed, f)
		}
	}
	for text, f := range fs {
		if len(f.services) == 0 {
			delete(fs, text)
			if !fixed[f] {
				continue // another fault has taken its place
			}
			mended = append(mended, fmt.Sprintf("mended after %s: %s", now.Sub(f.since).Round(time.Millisecond), text))
		}
	}
	slices.Sort(mended)
	for _, f := range failed {
		mended = append(mended, f.lines())
	}
	return mended
}

// forget drops services that are gone.
func (fs failures) forget(lives func(runtime.Handle) bool) {
	for text, f := range fs {
		maps.DeleteFunc(f.services, func(h runtime.Handle, _ bool) bool { return !lives(h) })
		if len(f.services) == 0 {
			delete(fs, text)
		}
	}
}

// of is the failure that a file's last change led to, nil if there is none.
func (fs failures) of(path string) *failure {
	for _, f := range fs {
		if f.files[path] {
			return f
		}
	}
	return nil
}

// lines are the failure as the log has it.
func (f *failure) lines() string {
	text := fmt.Sprintf("error: since %s: %s\n", f.since.Format("15:04:05"), f.text)
	if f.excerpt != "" {
		text += f.excerpt + "\n"
	}
	return text + f.trace + "  the old code still runs in " + f.who() + f.changed
}

// detail takes in what else a record says of the failure.
func (f *failure) detail(r runtime.ReloadRecord) {
	f.trace, f.changed = "", ""
	if i := strings.Index(r.Err.Error(), "\nstack traceback:"); i >= 0 {
		f.trace = r.Err.Error()[i+1:] + "\n"
	}
	if len(r.Unrestored) > 0 {
		f.changed = "; what the start function changed stays changed in " + strings.Join(r.Unrestored, ", ")
	}
}

// note is the failure in one line.
func (f *failure) note() string {
	return fmt.Sprintf("failed since %s: %s; the old code still runs in %s", f.since.Format("15:04:05"), f.text, f.who())
}

func (f *failure) who() string {
	const most = 5
	var names []string
	for _, h := range slices.Sorted(maps.Keys(f.services)) {
		if len(names) == most {
			names = append(names, fmt.Sprintf("%d more", len(f.services)-most))
			break
		}
		names = append(names, h.String())
	}
	return strings.Join(names, ", ")
}
