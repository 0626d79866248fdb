package multicast

import (
	"cmp"
	"slices"
	"sync"

	"devnode/runtime/library"
)

// Channels is the module skynet.multicast.channels.
func Channels() library.Module {
	return library.Module{
		Name: "skynet.multicast.channels",
		Functions: map[string]library.Function{
			"new": newChannel, "delete": deleteChannel, "publish": publish, "subscribe": subscribe, "unsubscribe": unsubscribe,
		},
	}
}

// channels are those of a node: for each the services that have subscribed, and the
// versions of their code that did.
type channels struct {
	mu   sync.Mutex
	next int64
	list map[int64]map[library.Service]map[library.Generation]bool
}

var all = &library.NodeState[*channels]{New: func(library.Node) *channels {
	return &channels{list: map[int64]map[library.Service]map[library.Generation]bool{}}
}}

// step is the difference of two channels' numbers: the lowest byte is for the node.
const step, most = 256, 0x7fffffff

func (cs *channels) add() int64 {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for cs.list[cs.next] != nil {
		cs.next = (cs.next + step) & most
	}
	made := cs.next
	cs.list[made] = map[library.Service]map[library.Generation]bool{}
	cs.next = (made + step) & most
	return made
}

func (cs *channels) remove(id int64) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	delete(cs.list, id)
}

// subscribe has a version of a service's code be a subscriber. It does nothing for a
// channel that isn't there.
func (cs *channels) subscribe(id int64, g library.Generation) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	services := cs.list[id]
	if services == nil {
		return
	}
	if services[g.Service()] == nil {
		services[g.Service()] = map[library.Generation]bool{}
	}
	services[g.Service()][g] = true
}

func (cs *channels) unsubscribe(id int64, g library.Generation) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if of := cs.list[id][g.Service()]; of != nil {
		delete(of, g)
		if len(of) == 0 {
			delete(cs.list[id], g.Service())
		}
	}
}

// subscribers are the services that get what is published, in the order of their handles.
func (cs *channels) subscribers(id int64) []library.Service {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	var list []library.Service
	for s := range cs.list[id] {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b library.Service) int { return cmp.Compare(a.Handle(), b.Handle()) })
	return list
}

// subscriptions are the channels of a version of a service's code.
type subscriptions struct {
	generation library.Generation
	to         map[int64]bool
}

func (s *subscriptions) node() *channels { return all.Of(s.generation.Service().Node()) }

var subscribed = &library.GenerationState[*subscriptions]{
	New: func(g library.Generation) *subscriptions { return &subscriptions{g, map[int64]bool{}} },
	Switched: func(s *subscriptions) {
		for id := range s.to {
			s.node().subscribe(id, s.generation)
		}
	},
	Ended: func(s *subscriptions) {
		for id := range s.to {
			s.node().unsubscribe(id, s.generation)
		}
	},
}

func newChannel(c library.Call) { c.Return(library.Int(all.Of(c.Node()).add())) }

func deleteChannel(c library.Call) { all.Of(c.Node()).remove(c.Int(1)) }

// subscribe is subscribe(channel). What a version subscribes to while it is prepared, it
// gets once it serves.
func subscribe(c library.Call) {
	id, g := c.Int(1), c.Generation()
	subscribed.Of(g).to[id] = true
	if !g.Preparing() {
		all.Of(c.Node()).subscribe(id, g)
	}
}

func unsubscribe(c library.Call) {
	id, g := c.Int(1), c.Generation()
	delete(subscribed.Of(g).to, id)
	all.Of(c.Node()).unsubscribe(id, g)
}

// multicastType is skynet.PTYPE_MULTICAST.
const multicastType = 2

// publish is publish(channel, msg, size): all subscribers get the same bytes.
func publish(c library.Call) {
	id, data := c.Int(1), c.Bytes(2)
	message := library.Message{Type: multicastType, Source: c.Service().Handle(), Session: int32(id), Data: data}
	for _, s := range all.Of(c.Node()).subscribers(id) {
		s.Post(message)
	}
}
