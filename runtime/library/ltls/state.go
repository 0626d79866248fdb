package ltls

import (
	"fmt"

	"devnode/runtime/library"
)

// sessions are those that a service has open. The service ends them when it does; they
// outlive its reloads where the script keeps them.
type sessions struct{ open map[*session]bool }

var opened = &library.ServiceState[*sessions]{
	New:    func(library.Service) *sessions { return &sessions{open: make(map[*session]bool)} },
	Ended:  (*sessions).close,
	Weight: func(ss *sessions) int64 { return int64(len(ss.open)) * sessionWeight },
	Info: func(ss *sessions) string {
		if n := len(ss.open); n > 0 {
			return fmt.Sprintf("TLS contexts: %d", n)
		}
		return ""
	},
}

// sessionWeight is what a session takes, about.
const sessionWeight = 32 << 10

func (ss *sessions) add(s *session) {
	s.among = ss
	ss.open[s] = true
}

// close ends all of them.
func (ss *sessions) close() {
	for s := range ss.open {
		s.close()
	}
}
