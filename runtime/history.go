package runtime

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"devnode/runtime/lua/vm"
)

// historyLength is how many reloads of a service are remembered, with the
// source of what they loaded.
const historyLength = 50

// firstLoad is the launch. Most services have no other history, so it is kept small.
type firstLoad struct {
	took  time.Duration
	files map[string]*loadedFile // nil until it has started
}

// whole is the history with the launch, the oldest first.
func (s *Service) whole() []*ReloadRecord {
	if f := s.firstLoad; f.files != nil && len(s.history) < historyLength {
		first := &ReloadRecord{
			Service: s.actor.Handle(), Script: s.script, Generation: 1, Trigger: "launch",
			At: s.born.Add(f.took), ReloadTimes: ReloadTimes{Took: f.took}, Hash: hashOfFiles(f.files), files: f.files,
		}
		return append([]*ReloadRecord{first}, s.history...)
	}
	return s.history
}

// record appends to the service's history.
func (s *Service) record(r ReloadRecord) {
	r.Service, r.Script = s.actor.Handle(), s.script
	s.history = append(s.history, &r)
	if len(s.history) > historyLength {
		s.history = append([]*ReloadRecord(nil), s.history[1:]...)
	}
	s.publish()
}

// lastReload is the latest entry of the history, and the text of the failure
// that stands: it is shown until a reload succeeds. One that was given up for a
// newer one neither failed nor succeeded.
func (s *Service) lastReload() (*ReloadRecord, string) {
	if len(s.history) == 0 {
		return nil, ""
	}
	last := s.history[len(s.history)-1]
	for i := len(s.history) - 1; i >= 0; i-- {
		if err := s.history[i].Err; err == nil {
			break
		} else if !errors.Is(err, ErrSuperseded) {
			return last, err.Error()
		}
	}
	return last, ""
}

// failedSince is when the first reload failed of those that failed since one
// succeeded; zero if the last one did.
func (s *Service) failedSince() (at time.Time) {
	for i := len(s.history) - 1; i >= 0 && s.history[i].Err != nil; i-- {
		if !errors.Is(s.history[i].Err, ErrSuperseded) {
			at = s.history[i].At
		}
	}
	return at
}

// History lists the reloads of a service, the oldest first.
func (n *Node) History(ctx context.Context, h Handle) ([]ReloadRecord, error) {
	s, err := n.Service(h)
	if err != nil {
		return nil, err
	}
	var records []ReloadRecord
	err = n.inspect(ctx, s, func(s *Service, _ *vm.Fiber) {
		for _, r := range s.whole() {
			records = append(records, *r)
		}
	})
	return records, err
}

// Files are those that the generation had loaded, by absolute path, with the
// hash of the bytes. It is nil for a reload that failed, and the caller's.
func (r ReloadRecord) Files() map[string]Hash {
	if r.files == nil {
		return nil
	}
	sums := make(map[string]Hash, len(r.files))
	for path, f := range r.files {
		sums[path] = f.sum
	}
	return sums
}

// hashOfFiles is a hash over all files; of one alone it is that of its bytes.
func hashOfFiles(loaded map[string]*loadedFile) Hash {
	var all []byte
	for _, path := range slices.Sorted(maps.Keys(loaded)) {
		f := loaded[path]
		if len(loaded) == 1 {
			return f.sum
		}
		all = append(append(all, f.asked...), 0)
		all = append(all, f.sum[:]...)
	}
	return HashOf(all)
}
