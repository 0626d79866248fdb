package runtime

import (
	"fmt"
	"strings"
	"sync"
)

// maxPrinted bounds what an injected chunk prints, for it is kept until the end.
const maxPrinted = 4 << 20

// printed gathers what an injected chunk prints. Whoever waits for the chunk may
// look at it at any time.
type printed struct {
	mu   sync.Mutex
	all  strings.Builder
	lost int // lines that found no room
}

func (p *printed) add(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all.Len()+len(line) > maxPrinted {
		p.lost++
		return
	}
	p.all.WriteString(line)
}

func (p *printed) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lost > 0 {
		return p.all.String() + fmt.Sprintf("… %d lines more were printed\n", p.lost)
	}
	return p.all.String()
}
