package runtime

import (
	"context"
	"fmt"
	"time"
)

// A reload replaces the code of a service in place: a new generation is
// prepared beside the one that serves (beginUpgrade), takes over between two
// messages (commit), and the old one finishes what it was asked (drain) before
// it is freed (retire). A preparation that fails changes nothing (abort).

// ReloadOptions say how a service is reloaded.
type ReloadOptions struct {
	// Args replace the arguments of the script; nil keeps them.
	Args []string
	// Trigger says what asked for the reload, for the log: `saved echo.lua`.
	Trigger string
	// Fresh drops the kept state.
	Fresh bool
	// Now answers the callers of the old code with an error instead of
	// letting it finish.
	Now bool
	// Files are the contents of files, by absolute path, that have been read
	// already; a nil content stands for a file that is gone. Others are read
	// from disk.
	Files map[string][]byte
	// Drain overrides the node's DrainTimeout; 0 doesn't.
	Drain time.Duration
}

// ReloadRecord is one entry of a service's history.
type ReloadRecord struct {
	Service    Handle
	Script     string
	Generation int // that runs after it
	From       int // that ran before; 0 at the launch
	Hash       Hash
	At         time.Time
	Trigger    string
	Took       time.Duration // in all
	Read       time.Duration // of it, reading and compiling
	Start      time.Duration // of it, the main chunk and the start function
	Switch     time.Duration // of it, the switch
	Err        error         // why it failed; nil if it succeeded
	Warnings   []string

	contents map[string][]byte // the files that the generation loaded
}

// Reload reloads services as one batch: all are prepared from the same bytes
// before any is switched; one that fails stays as it is and stops none of the
// others. It waits until the new generations serve, not until the old ones
// have drained, and returns a record for each service, in order.
func (n *Node) Reload(ctx context.Context, targets []Handle, options ReloadOptions) []ReloadRecord {
	return n.reload(ctx, targets, options, snapshotOf(options.Files))
}

func (n *Node) reload(ctx context.Context, targets []Handle, options ReloadOptions, source *snapshot) []ReloadRecord {
	records := make([]ReloadRecord, len(targets))
	upgrades := make([]chan *upgrade, len(targets))
	for i, h := range targets {
		prepared := make(chan *upgrade, 1)
		upgrades[i] = prepared
		records[i] = ReloadRecord{Service: h, At: time.Now(), Trigger: options.Trigger}
		s, err := n.Service(h)
		if err == nil && s.native != nil {
			err = fmt.Errorf("%s (%s) is one of the node's own services", h, s.script)
		}
		if err != nil {
			records[i].Err = err
			continue
		}
		n.warm(s, source)
		record := &records[i]
		if !n.do(s, func(s *Service) {
			s.beginUpgrade(options, nil, source, nil, func(u *upgrade, err error) {
				*record = u.record
				if err != nil {
					u = nil
				}
				prepared <- u
			})
		}) {
			records[i].Err = ErrNoService
			close(prepared)
		}
	}
	for i := range targets {
		if records[i].Err != nil || upgrades[i] == nil {
			continue
		}
		u := <-upgrades[i]
		if u == nil {
			continue
		}
		done := make(chan struct{})
		n.do(u.service, func(*Service) {
			u.commit(func() {
				records[i] = u.record
				close(done)
			})
		})
		<-done
	}
	return records
}

// warm reads and compiles what the service has loaded so far, on the caller's
// goroutine, so that the service itself loses no time with it.
func (n *Node) warm(s *Service, source *snapshot) {
	st := s.standing.Load()
	if st == nil || st.files == nil {
		return
	}
	for path := range st.files.contents() {
		if data, err := source.read(path); err == nil {
			_ = data
		}
	}
}

// Summary is the record in one line.
func (r ReloadRecord) Summary() string {
	if r.Err != nil {
		return fmt.Sprintf("reload %s failed after %s, generation %d goes on: %s", r.Script, milliseconds(r.Took), r.From, r.Err)
	}
	why := ""
	if r.Trigger != "" {
		why = ": " + r.Trigger
	}
	return fmt.Sprintf("reload %s: generation %d -> %d in %s (read %s, start %s, switch %s)%s", r.Script, r.From, r.Generation,
		milliseconds(r.Took), milliseconds(r.Read), milliseconds(r.Start), milliseconds(r.Switch), why)
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}
