package socket

import (
	"net"

	"devnode/runtime/internal/socketmsg"
	"devnode/runtime/library"
)

// A raw socket is one that skynet.socketdriver has opened or started: what happens to it is told to its owner by messages of
// type socket, which the script handles itself, by a protocol with that number. The reader fills the inbox as of any other
// socket, so a service that is slow has the other side wait.

// attendRaw tells the owner what has happened. so.mu is held, and let go.
func (so *socket) attendRaw() {
	s := so.owner
	var events []socketmsg.Message
	for _, child := range so.accepted {
		events = append(events, socketmsg.Message{Kind: socketmsg.Accept, ID: so.id, UD: child.id, Data: child.conn.RemoteAddr().String()})
	}
	for _, d := range so.datagrams {
		events = append(events, socketmsg.Message{Kind: socketmsg.UDP, ID: so.id, UD: len(d.data), Data: d.data, Address: d.from})
	}
	so.accepted, so.datagrams = nil, nil
	if n := so.in.size(); n > 0 && !so.dropped {
		events = append(events, socketmsg.Message{Kind: socketmsg.Data, ID: so.id, UD: n, Data: so.in.take(n)})
	}
	if over := so.state == socketClosed || so.ended; over && !so.told {
		so.told = true
		if so.failure != "" {
			events = append(events, socketmsg.Message{Kind: socketmsg.Error, ID: so.id, Data: so.failure})
		}
		events = append(events, socketmsg.Message{Kind: socketmsg.Close, ID: so.id})
	}
	so.room.Broadcast()
	so.mu.Unlock()
	for _, m := range events {
		tell(s, m)
	}
}

// tell puts an event into the service's mailbox. It may be called by any goroutine.
func tell(s library.Service, m socketmsg.Message) { s.Post(messageOf(m)) }

// typeSocket is skynet.PTYPE_SOCKET.
const typeSocket = 6

func messageOf(m socketmsg.Message) library.Message {
	return library.Message{Type: typeSocket, Data: m.Encode()}
}

// tellCaller tells the code that has just asked for something of a socket: where that is being prepared, and messages are
// another generation's, by a task of its own.
func tellCaller(g library.Generation, m socketmsg.Message) {
	if g.Preparing() {
		g.Deliver(messageOf(m))
	} else {
		tell(g.Service(), m)
	}
}

// makeRaw has a socket's events told by messages from now on, also those that have come in already.
func (so *socket) makeRaw() {
	so.mu.Lock()
	defer so.mu.Unlock()
	so.raw, so.stopped = true, false
	so.room.Broadcast()
	if len(so.accepted) > 0 || len(so.datagrams) > 0 || so.in.size() > 0 || so.overLocked() && !so.told {
		so.pokeLocked()
	}
}

// connectedTo has a socket that was being connected go on with its connection, or with why there is none.
func (so *socket) connectedTo(conn net.Conn, err error) {
	so.mu.Lock()
	so.connecting = false
	switch {
	case so.state > socketOpen: // closed meanwhile
		so.mu.Unlock()
		if err == nil {
			conn.Close()
		}
		return
	case err != nil:
		owner := so.owner
		so.told = true
		so.shutLocked()
		so.mu.Unlock()
		tell(owner, socketmsg.Message{Kind: socketmsg.Error, ID: so.id, Data: errorText(err)})
		so.drop(0)
		return
	}
	so.conn, so.state = conn, socketOpen
	owner := so.owner
	host, _ := splitHostPort(conn.RemoteAddr().String())
	tell(owner, socketmsg.Message{Kind: socketmsg.Connect, ID: so.id, Data: host})
	if so.unsent > 0 && !so.sending {
		so.sending = true
		so.set.node.Go(so.writeLoop)
	}
	so.startReadingLocked() // before the owner can see the event: its driver.start finds a socket that receives
	so.mu.Unlock()
}
