package editor

import (
	"io"
	"sync"
	"unicode/utf8"
)

// keyQueue is what the library reads from: one key a Read.
type keyQueue struct {
	mu    sync.Mutex
	cond  sync.Cond
	keys  []Key
	woken bool // hand out a wake before any key
	sized bool // hand out a resize before any key
	ended bool
	// single hands out characters one by one, as a search needs them.
	single bool
	pasted []rune // what the last paste key stands for
	// room is how many more characters the line takes.
	room func() int
}

// maxKeys bounds what may be typed ahead of a running command.
const maxKeys = 64 << 10

// pasteFrom is the number of characters that are no longer typed one by one:
// the library draws the whole line again for each.
const pasteFrom = 8

func newKeyQueue(room func() int) *keyQueue {
	q := &keyQueue{room: room}
	q.cond.L = &q.mu
	return q
}

// add appends keys; those above the limit are lost, as on a real keyboard.
func (q *keyQueue) add(keys []Key) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if space := maxKeys - len(q.keys); len(keys) > space {
		keys = keys[:max(space, 0)]
	}
	q.keys = append(q.keys, keys...)
	q.cond.Signal()
}

// clear forgets the keys that were typed ahead.
func (q *keyQueue) clear() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.keys = nil
}

func (q *keyQueue) signal(flag *bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	*flag = true
	q.cond.Signal()
}

// Read hands out one key, as UTF-8.
func (q *keyQueue) Read(p []byte) (int, error) {
	if len(p) < utf8.UTFMax {
		return 0, io.ErrShortBuffer
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		switch {
		case q.ended:
			return 0, io.EOF
		case q.sized:
			q.sized = false
			return utf8.EncodeRune(p, rune(resize)), nil
		case q.woken:
			q.woken = false
			return utf8.EncodeRune(p, rune(wake)), nil
		case len(q.keys) > 0:
			if k := q.takeLocked(); k != 0 {
				return utf8.EncodeRune(p, rune(k)), nil
			}
			continue
		}
		q.cond.Wait()
	}
}

// takeLocked takes the next key, or several characters as a paste; 0 when the
// line has no room for what was typed.
func (q *keyQueue) takeLocked() Key {
	n := 0
	for n < len(q.keys) && q.keys[n].printable() {
		n++
	}
	switch {
	case n == 0:
		n = 1
	case q.room() <= 0:
		q.keys = q.keys[n:]
		return 0
	case n < pasteFrom || q.single:
		n = 1
	default:
		for _, k := range q.keys[:min(n, q.room())] {
			q.pasted = append(q.pasted, rune(k))
		}
		q.keys = q.keys[n:]
		return paste
	}
	k := q.keys[0]
	q.keys = q.keys[n:]
	return k
}

// takePasted returns what the paste key that was just read stands for.
func (q *keyQueue) takePasted() []rune {
	q.mu.Lock()
	defer q.mu.Unlock()
	p := q.pasted
	q.pasted = nil
	return p
}

// typeOut puts a paste back, to be handed out character by character.
func (q *keyQueue) typeOut(text []rune) {
	q.mu.Lock()
	defer q.mu.Unlock()
	keys := make([]Key, 0, len(text)+len(q.keys))
	for _, r := range text {
		keys = append(keys, Key(r))
	}
	q.keys = append(keys, q.keys...)
	q.single = true
	q.cond.Signal()
}

// oneByOne says whether characters are handed out singly.
func (q *keyQueue) oneByOne(on bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.single = on
}

// Close is for the library, which closes what it reads from.
func (q *keyQueue) Close() error {
	q.signal(&q.ended)
	return nil
}
