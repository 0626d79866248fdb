package socket

import "devnode/runtime/library"

// socketRead is socket.read(id, size): that many bytes, or without a size those
// that there are, once there are any; at the end of the connection false and
// the rest.
func socketRead(c library.Call) {
	w := want{}
	if !c.Arg(2).IsNil() {
		if w.size = int(integerArgument(c, 2, "read")); w.size <= 0 {
			checkSocket(c, 1)
			c.Return(library.String(""))
			return
		}
	}
	s, ok, rest := receive(c, w)
	if ok {
		c.Return(library.String(s))
		return
	}
	c.Return(library.Bool(false))
	c.Return(library.String(rest))
}

// readLine is socket.readline(id, sep): the bytes before the next sep,
// which is a newline if not given; at the end false and the rest.
func readLine(c library.Call) {
	sep := "\n"
	if c.Arg(2).Truth() {
		sep = stringArgument(c, 2, "readline")
	}
	if sep == "" {
		raise(c, "bad argument #2 (the separator is empty)")
	}
	s, ok, rest := receive(c, want{sep: sep})
	if ok {
		c.Return(library.String(s))
		return
	}
	c.Return(library.Bool(false))
	c.Return(library.String(rest))
}

// readAll is socket.readall(id): all bytes to the end of the connection;
// false if that was there already, with nothing left.
func readAll(c library.Call) {
	so := checkSocket(c, 1)
	over := !so.alive()
	_, _, rest := receive(c, want{toEnd: true})
	if over && rest == "" {
		c.Return(library.Bool(false))
	} else {
		c.Return(library.String(rest))
	}
}

// socketBlock is socket.block(id): it waits until more bytes come in, beside those
// that were there when the service took up what it is doing, and is false if
// the connection has ended.
func socketBlock(c library.Call) {
	so := mySocket(c, 1)
	if so == nil {
		c.Return(library.Bool(false))
		return
	}
	_, ok, _ := receive(c, want{news: true, known: so.known(c.Service())})
	c.Return(library.Bool(ok))
}

// known is how many bytes had come in before the message that s handles, as far
// as is known. In skynet later ones are messages that still wait.
func (so *socket) known(s library.Service) int64 {
	so.mu.Lock()
	defer so.mu.Unlock()
	if so.in.size() > 0 && so.in.during == s.Messages() {
		return so.in.total - 1
	}
	return so.in.total
}

// receive waits for the wanted bytes. At the end of the connection it gives
// what is left instead, unless it only looks.
func receive(c library.Call, w want) (s string, ok bool, rest string) {
	so, g := checkSocket(c, 1), c.Generation()
	if so.conn == nil && so.input == nil {
		raise(c, "socket %d is %s: there is nothing to read", so.id, so.kindText())
	}
	so.awaitSwitch(c, g)
	for {
		so.mu.Lock()
		if so.owner != g.Service() || so.ignored {
			so.mu.Unlock()
			return "", false, ""
		}
		if s, ok := w.from(&so.in); ok {
			so.mu.Unlock()
			so.makeRoom()
			return s, true, ""
		}
		if so.overLocked() {
			if !w.news {
				rest = so.in.take(so.in.size())
			}
			so.mu.Unlock()
			return "", false, rest
		}
		if so.waiter != nil && so.waiter.stands() {
			so.mu.Unlock()
			raise(c, "socket %d is being read by another task", so.id)
		}
		wait := c.NewWait()
		so.waiter = &waiter{wait: wait, generation: g, want: w}
		so.stopped = false
		so.room.Broadcast()
		so.mu.Unlock()
		wait.Park()
	}
}

// makeRoom has a reader go on that waited because the inbox was full.
func (so *socket) makeRoom() {
	so.mu.Lock()
	so.stopped = false
	so.room.Broadcast()
	so.mu.Unlock()
}

// awaitSwitch has a task of a generation that is being prepared wait before it
// reads a socket of the one that serves.
func (so *socket) awaitSwitch(c library.Call, g library.Generation) {
	for g.Preparing() && so.born != g.Number() {
		h, wait := hooksOf(g), c.NewWait()
		h.atSwitch = append(h.atSwitch, wait)
		if h.willRead == nil {
			h.willRead = make(map[int]bool)
		}
		h.willRead[so.id] = true
		wait.Park()
	}
}
