package runtime

import (
	"context"
	"errors"
	"time"
)

// historyLength is how many reloads of a service are remembered, with the
// source of what they loaded.
const historyLength = 50

// record appends to the service's history.
func (s *Service) record(r ReloadRecord) {
	r.Service, r.Script = s.actor.Handle(), s.script
	s.history = append(s.history, r)
	if len(s.history) > historyLength {
		s.history = append([]ReloadRecord(nil), s.history[1:]...)
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
			return &last, err.Error()
		}
	}
	return &last, ""
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
	err = n.ask(ctx, s, func(s *Service) { records = append(records, s.history...) })
	return records, err
}

// Files are those that the generation had loaded, by absolute path, with the
// hash of the bytes. It is nil for a reload that failed, and the caller's.
func (r ReloadRecord) Files() map[string]Hash {
	if r.contents == nil {
		return nil
	}
	sums := make(map[string]Hash, len(r.contents))
	for path, data := range r.contents {
		sums[path] = HashOf(data)
	}
	return sums
}

// scriptHash is the hash of the script's own file.
func (g *Generation) scriptHash() Hash {
	g.files.mu.Lock()
	defer g.files.mu.Unlock()
	return g.files.sums[absolute(g.files.script)]
}
