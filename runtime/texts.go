package runtime

import (
	"sync"

	"devnode/runtime/lua/syntax"
)

// texts remembers the syntax of the texts that saves were compared by, the newest of
// each file: the next save is compared with it. It is safe for concurrent use.
type texts struct {
	mu    sync.Mutex
	known map[string]keptText // by chunk
	size  int                 // of their sources
	saves int
}

type keptText struct {
	hash Hash
	text *syntax.Text
	size int
	used int // the save by which it was kept
}

// maxTexts bounds the bytes of the sources whose syntax is remembered. That takes some
// fifty times as much.
const maxTexts = 128 << 10

// clear forgets all.
func (t *texts) clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.known)
	t.size = 0
}

// find gives a text, nil where it isn't known.
func (t *texts) find(key compiledKey) *syntax.Text {
	t.mu.Lock()
	defer t.mu.Unlock()
	if kept, ok := t.known[key.chunk]; ok && kept.hash == key.hash {
		return kept.text
	}
	return nil
}

// keep remembers a text in the place of its file's former one, and forgets those that
// were kept the longest ago where there are too many.
func (t *texts) keep(key compiledKey, text *syntax.Text, size int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forget(key.chunk)
	if size > maxTexts {
		return
	}
	if t.known == nil {
		t.known = make(map[string]keptText)
	}
	t.saves++
	t.known[key.chunk] = keptText{key.hash, text, size, t.saves}
	t.size += size
	for t.size > maxTexts {
		oldest := key.chunk
		for chunk, kept := range t.known {
			if kept.used < t.known[oldest].used {
				oldest = chunk
			}
		}
		t.forget(oldest)
	}
}

func (t *texts) forget(chunk string) {
	t.size -= t.known[chunk].size
	delete(t.known, chunk)
}
