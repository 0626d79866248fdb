package netpack

import (
	"devnode/runtime/library"
)

// maxSize is one more than the largest package, in bytes: its length stands in two.
const maxSize = 0x10000

// queue is what a service has of packages: whole ones that wait to be taken, and the beginnings of others. There is one for a
// service, whatever version of its code asks, so that a package of which a half has come in survives a reload.
type queue struct {
	token library.Value // by which scripts hold it
	ready []parcel
	begun map[int]string // by socket: the length and what there is so far
}

// parcel is one package of a socket.
type parcel struct {
	socket int
	data   string
}

var queues = library.ServiceState[*queue]{
	New:    func(library.Service) *queue { return &queue{token: library.Light(), begun: map[int]string{}} },
	Weight: (*queue).weight,
}

func (q *queue) weight() int64 {
	n := 0
	for _, p := range q.ready {
		n += len(p.data)
	}
	for _, s := range q.begun {
		n += len(s)
	}
	return int64(n)
}

// add takes what a socket has received, and returns the packages that are whole with it.
func (q *queue) add(socket int, data string) []parcel {
	if before := q.begun[socket]; before != "" {
		data = before + data
		delete(q.begun, socket)
	}
	var whole []parcel
	for len(data) >= 2 {
		size := int(data[0])<<8 | int(data[1])
		if len(data)-2 < size {
			break
		}
		whole = append(whole, parcel{socket, data[2 : 2+size]})
		data = data[2+size:]
	}
	if data != "" {
		q.begun[socket] = data
	}
	return whole
}

// closed forgets the beginning of a package, of which no more will come.
func (q *queue) closed(socket int) { delete(q.begun, socket) }

// take is the oldest package that waits.
func (q *queue) take() (p parcel, ok bool) {
	if len(q.ready) == 0 {
		return parcel{}, false
	}
	p = q.ready[0]
	q.ready[0] = parcel{}
	if q.ready = q.ready[1:]; len(q.ready) == 0 {
		q.ready = nil
	}
	return p, true
}

func (q *queue) clear() {
	q.ready = nil
	clear(q.begun)
}
