package console

import (
	"io"
	"net"
	"sync"
	"time"
)

// places are the connections that are open at once. Those that haven't shown yet
// who they are have places of their own, so that they keep nobody out who has;
// there one more takes the place of an older one. Of the others one more takes the
// place of whichever is missed least (use): nobody keeps the owner out, also not
// the owner's own programs. It is safe for concurrent use.
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
	gone    bool // it was closed for another
	use     use
	since   time.Time // when that began, or was repeated
}

// use is what a connection is used for at this moment. One of a lower use gives way
// first.
type use int

const (
	saidNothing use = iota // it has sent nothing yet
	saidHalf               // it has sent something, but no line yet
	isIdle                 // what it asked for was answered
	runsCommand            // its command runs
)

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
	c.place = &place{conn: c, host: host, since: time.Now()}
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

// know moves a connection that has shown who it is to those that have, if need be
// to the place of another.
func (p *places) know(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.countLocked(func(q *place) bool { return q.known }) >= maxConns {
		p.displaceLocked(p.leastUsedLocked())
	}
	c.place.known = true
}

// spoke notes that a connection has sent something.
func (p *places) spoke(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.place.use == saidNothing {
		c.place.use = saidHalf
	}
}

// runs notes that a connection's command runs, until over is called.
func (p *places) runs(c *conn) (over func()) {
	set := func(u use) {
		p.mu.Lock()
		defer p.mu.Unlock()
		c.place.use, c.place.since = u, time.Now()
	}
	set(runsCommand)
	return func() { set(isIdle) }
}

// leastUsedLocked is the known connection that is missed least: the lowest use, and
// of these the longest.
func (p *places) leastUsedLocked() (least *place) {
	for _, q := range p.open {
		if q.known && !q.gone && (least == nil || q.use < least.use || q.use == least.use && q.since.Before(least.since)) {
			least = q
		}
	}
	return least
}

// displaceLocked tells a connection that it ends, and ends it.
func (p *places) displaceLocked(q *place) {
	if q == nil {
		return
	}
	if q.conn.socket.SetWriteDeadline(time.Now().Add(wordPatience)) == nil {
		_, _ = io.WriteString(q.conn.socket, "closed: "+errDisplaced.Error()+"\n")
	}
	p.closeLocked(q)
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
