package runtime

import (
	"runtime"
	"sync"
	"weak"

	"devnode/runtime/lua/layout"
)

// sources keeps the contents of files once, however many services have read
// them. What no service holds any more is forgotten. It is safe for concurrent
// use.
type sources struct {
	mu    sync.Mutex
	known map[Hash]weak.Pointer[byte]
}

func newSources() *sources { return &sources{known: make(map[Hash]weak.Pointer[byte])} }

// share is data, or the same bytes as they were read before. Nobody may change
// them.
func (s *sources) share(data []byte, hash Hash) []byte {
	if len(data) == 0 {
		return data
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if first := s.known[hash].Value(); first != nil {
		if all := layout.Slice(first, len(data)); all != nil {
			return all
		}
		return data
	}
	kept := make([]byte, len(data)) // os.ReadFile leaves room behind
	copy(kept, data)
	s.known[hash] = weak.Make(&kept[0])
	runtime.AddCleanup(&kept[0], s.forget, hash)
	return kept
}

func (s *sources) forget(hash Hash) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known[hash].Value() == nil {
		delete(s.known, hash)
	}
}
