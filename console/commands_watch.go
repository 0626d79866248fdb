package console

import (
	"context"
	"errors"
	"slices"
	"strings"
)

func runWatch(ctx context.Context, r *request) (Result, error) {
	if r.has("--mode") {
		return nil, setMode(ctx, r)
	}
	if r.word(0) != "" {
		return nil, hint(errors.New("watch: a pattern is for setting a mode"), "watch --mode MODE "+r.word(0))
	}
	all, err := r.backend().Watcher.Watched(ctx)
	if err != nil {
		return nil, err
	}
	t := &table{columns: cols("file", "services", "mode", "last", "event"), empty: "no watched files"}
	for _, f := range all {
		t.add(f.Path, f.Services, strings.Join(f.Modes, ", "), f.At, f.Event)
	}
	return t, nil
}

// setMode is `watch --mode`. A word that names a service in a way of the
// console's own, such as 9 for :00000009, becomes its address.
func setMode(ctx context.Context, r *request) error {
	pattern := r.word(0)
	if pattern == "" {
		return hint(errors.New("watch: which services?"), "watch --mode "+r.flags["--mode"]+" '*'")
	}
	all, err := r.services(ctx)
	if err != nil {
		return err
	}
	if s, err := Resolve(all, pattern); err == nil && s.Script != pattern && !slices.Contains(s.Names, pattern) {
		pattern = s.Address.String()
	}
	r.audit("watch --mode %s %s", r.flags["--mode"], pattern)
	return r.backend().Watcher.SetMode(ctx, pattern, r.flags["--mode"])
}
