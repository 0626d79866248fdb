package runtime

import "devnode/runtime/internal/actor"

// Handle identifies a service in its node. 0 is no service. Its printed form is
// `:0000000a`.
type Handle = actor.Handle

// ParseHandle reads an address in the form `:0000000a`.
func ParseHandle(s string) (Handle, bool) { return actor.ParseHandle(s) }

// Handles of the node's own services, as in skynet.
const (
	handleLogger    Handle = 1
	handleBootstrap Handle = 2
	handleLauncher  Handle = 3
	handleManager   Handle = 4
	handleLogScript Handle = 5 // the script that takes the log, if there is one
)

// driven is a service as a worker sees it.
type driven Service

// Run gives the service a turn.
func (s *driven) Run(w *actor.Worker) bool { return (*Service)(s).run(w.Own.(*worker)) }

// register gives a service a handle: want, or the next free one if want is 0.
func (n *Node) register(s *Service, want Handle) Handle {
	s.actor.Owner = (*driven)(s)
	return n.handles.Register(&s.actor, want)
}

// serviceOf is the service that an actor is a part of, nil for none.
func serviceOf(a *actor.Actor) *Service {
	if a == nil {
		return nil
	}
	return (*Service)(a.Owner.(*driven))
}

func servicesOf(list []*actor.Actor) []*Service {
	services := make([]*Service, len(list))
	for i, a := range list {
		services[i] = serviceOf(a)
	}
	return services
}

// grab finds a live service, nil if there is none.
func (n *Node) grab(h Handle) *Service { return serviceOf(n.handles.Grab(h)) }

// grabEnding finds a live service, or one that is ending; nil if there is none.
func (n *Node) grabEnding(h Handle) *Service { return serviceOf(n.handles.GrabEnding(h)) }

// services lists the live services in no order.
func (n *Node) services() []*Service { return servicesOf(n.handles.All()) }

// leaving lists the services that were retired and have not come to their end.
func (n *Node) leaving() []*Service { return servicesOf(n.handles.Leaving()) }
