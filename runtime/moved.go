package runtime

import (
	"path/filepath"
	"strings"
)

// Moved has services know what they have loaded from below one folder, and what they
// looked for there, by its path below another: a folder was moved, together with the
// node's working folder inside it, so that its files are what they were. Both are
// absolute. Config.Loaded isn't told: it is for who calls this to watch the new place.
func (n *Node) Moved(from, to string) {
	m := move{from, to}
	for _, info := range n.figures(n.services()) {
		for _, fl := range []*files{info.files, info.pending, info.tried} {
			if fl != nil {
				fl.moved(m)
			}
		}
		s := n.grab(info.Handle)
		if s == nil {
			continue
		}
		// What only the service itself touches; a service that is gone needs nothing.
		n.do(s, func(s *Service) {
			for _, g := range s.generations() {
				g.files.moved(m)
			}
			s.firstLoad.files = renamed(m, s.firstLoad.files)
			for i, r := range s.history {
				here := *r
				here.files = renamed(m, r.files)
				s.history[i] = &here
			}
		})
	}
}

// move is a folder's old path and its new one.
type move struct{ from, to string }

func (m move) path(path string) string {
	rest, ok := strings.CutPrefix(path, m.from)
	if !ok || rest != "" && rest[0] != filepath.Separator {
		return path
	}
	return m.to + rest
}

// renamed is a map by path with the paths that hold after a move. The old one stays
// as it is, for others may read it.
func renamed[M ~map[string]V, V any](m move, old M) M {
	if old == nil {
		return nil
	}
	out := make(M, len(old))
	for path, v := range old {
		out[m.path(path)] = v
	}
	return out
}

func (fl *files) moved(m move) {
	fl.mu.Lock()
	fl.loaded, fl.shared = renamed(m, fl.loaded), false
	fl.missed, fl.inject, fl.versions = renamed(m, fl.missed), renamed(m, fl.inject), renamed(m, fl.versions)
	fl.mu.Unlock()
}
