package console

import (
	"net"
	"sync"
)

// places are the connections that are open at once. Those that haven't shown yet
// who they are have places of their own, so that they keep nobody out who has;
// there one more takes the place of an older one. The places of the others are
// kept, but for those of connections that have never said anything. It is safe
// for concurrent use.
type places struct {
	mu   sync.Mutex
	open []*place // the oldest first
}

// place is one connection's.
type place struct {
	conn    *conn
	host    string
	known   bool // it has shown who it is
	refused bool // it is about to be closed
	spoke   bool // it has sent something
	gone    bool // it was closed for another
}

// enter gives a new connection a place, if need be that of another.
func (p *places) enter(c *conn) {
	host := ""
	if a, ok := c.net.RemoteAddr().(*net.TCPAddr); ok {
		host = a.IP.String()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	strangers := p.countLocked(func(q *place) bool { return !q.known })
	if strangers >= maxStrangers {
		p.closeLocked(p.leastLocked())
	}
	c.place = &place{conn: c, host: host}
	p.open = append(p.open, c.place)
}

// leave gives a place back.
func (p *places) leave(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, q := range p.open {
		if q == c.place {
			p.open = append(p.open[:i], p.open[i+1:]...)
			return
		}
	}
}

// know moves a connection that has shown who it is to those that have. It is
// false where all of their places are taken by others that are in use.
func (p *places) know(c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	known := p.countLocked(func(q *place) bool { return q.known })
	if known >= maxConns {
		silent := p.firstLocked(func(q *place) bool { return q.known && !q.spoke })
		if silent == nil {
			return false
		}
		p.closeLocked(silent)
	}
	c.place.known = true
	return true
}

// spoke notes that a connection has sent something.
func (p *places) spoke(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.place.spoke = true
}

// refuse notes that a connection is about to be closed: the first to go.
func (p *places) refuse(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.place.refused = true
}

// closedForAnother tells whether a connection ended because its place was needed.
func (p *places) closedForAnother(c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return c.place.gone
}

// leastLocked is the stranger that is missed least: one that was refused, else
// the oldest of the host that has the most, which is whoever floods.
func (p *places) leastLocked() *place {
	if q := p.firstLocked(func(q *place) bool { return !q.known && q.refused }); q != nil {
		return q
	}
	hosts, most := map[string]int{}, 0
	for _, q := range p.open {
		if !q.known && !q.gone {
			hosts[q.host]++
			most = max(most, hosts[q.host])
		}
	}
	return p.firstLocked(func(q *place) bool { return !q.known && hosts[q.host] == most })
}

// closeLocked ends a connection. Its goroutine sees that, and leaves.
func (p *places) closeLocked(q *place) {
	if q != nil {
		q.gone = true
		q.conn.shut()
	}
}

// firstLocked is the oldest place that fits and isn't being left.
func (p *places) firstLocked(fits func(*place) bool) *place {
	for _, q := range p.open {
		if !q.gone && fits(q) {
			return q
		}
	}
	return nil
}

func (p *places) countLocked(fits func(*place) bool) (n int) {
	for _, q := range p.open {
		if !q.gone && fits(q) {
			n++
		}
	}
	return n
}
