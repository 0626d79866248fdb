package live

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"devnode/console"
)

// SetMode implements console.Watcher.
func (r *Reloader) SetMode(_ context.Context, pattern, mode string) error {
	return r.options.Modes.Set(pattern, mode)
}

// Watched implements console.Watcher: the files that services have loaded, who
// they are, and what the last change of each led to.
func (r *Reloader) Watched(context.Context) ([]console.WatchedFile, error) {
	users := map[string][]console.Address{}
	injected := map[string]bool{}
	modes := map[string][]string{}
	stale := map[string]int{}
	for _, info := range r.node.List() {
		loaded, _ := r.node.Dependencies(info.Handle)
		mode, _ := r.modeOf(info.Handle, nil)
		for path := range loaded {
			if !slices.Contains(modes[path], string(mode)) {
				modes[path] = append(modes[path], string(mode))
			}
			users[path] = append(users[path], console.Address(info.Handle))
			stale[path] += info.StaleCalls()
		}
		for path := range r.node.Injected(info.Handle) {
			if _, ok := loaded[path]; !ok {
				users[path], injected[path] = append(users[path], console.Address(info.Handle)), true
			}
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for path := range r.events {
		if _, ok := users[path]; !ok {
			users[path] = nil
		}
	}
	var list []console.WatchedFile
	for _, path := range slices.Sorted(maps.Keys(users)) {
		e := r.events[path]
		if rest, ok := strings.CutPrefix(e.Text, "patched "); ok && stale[path] > 0 {
			e.Text = fmt.Sprintf("patched, %d stale, %s", stale[path], rest)
		}
		if f := r.failed.of(path); f != nil {
			e.Text = f.note()
		} else if injected[path] && len(modes[path]) == 0 && e.Text == "" {
			e.Text = notRepeated
		}
		list = append(list, console.WatchedFile{Path: short(path), Services: users[path], Modes: slices.Sorted(slices.Values(modes[path])), At: e.At, Event: e.Text})
	}
	return list, nil
}
