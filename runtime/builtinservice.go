package runtime

import (
	"io"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
	"devnode/runtime/lua/vm"
	"devnode/runtime/lualib"
)

// Some services are part of the binary: those of Config.Services, which are written in
// Go, and those of package lualib. A script of the service path comes first, unless it
// is skynet's own of a service that a node has in a form of its own (isSkynetService).

// OpenService begins the work of a service that is written in Go and that scripts
// launch by a name: newservice("debug_console", 8000). It is called once for each
// launch, on a goroutine of its own; the launch waits for it, and fails with its
// error. log writes a line of the log in the service's name. What is returned, if it
// isn't nil, is closed once the service ends: Close must not block. Code that reloads
// such a service doesn't open it anew.
//
// In all else the service is one as others are: it has an address, is listed, and
// can be killed.
type OpenService func(log func(text string), args []string) (io.Closer, error)

// opened is what a service that is written in Go has open.
type opened struct {
	mu     sync.Mutex
	closer io.Closer
	ended  bool
}

// set notes what was opened. Where the service has ended by then, that is closed.
func (o *opened) set(c io.Closer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closer = c; o.ended && c != nil {
		_ = c.Close() // nobody is left to be told
	}
}

// close is called once the service has ended.
func (o *opened) close() {
	if o == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended = true; o.closer != nil {
		_ = o.closer.Close()
	}
}

// builtinService is the main chunk of a service that is part of the binary, nil if
// there is none of the name.
func (g *Generation) builtinService(name string) (*lua.LFunction, error) {
	if open := g.service.node.config.Services[name]; open != nil {
		return value.Function(func(*lua.LState) int {
			g.begin(g.opening(open))
			return 0
		}), nil
	}
	source := embeddedService(name)
	if source == "" {
		return nil, nil
	}
	proto, err := g.service.node.compiler.compile([]byte(source), "@"+embeddedServices+name)
	if err != nil {
		return nil, err
	}
	return g.vm.NewClosure(proto), nil
}

// opening is the start function of a service that is written in Go.
func (g *Generation) opening(open OpenService) *lua.LFunction {
	return value.Function(func(L *lua.LState) int {
		s := g.service
		if s.opened != nil { // by the code before this
			return 0
		}
		o := &opened{}
		s.opened = o
		var err error
		taskOf(L).awaitWork(vm.Of(L), func() {
			var c io.Closer
			c, err = open(func(text string) { s.node.logLine(s.actor.Handle(), 0, text) }, s.args)
			o.set(c)
		})
		if err != nil {
			raise(L, "%s", err)
		}
		return 0
	})
}

// HasService tells whether a service of that name is part of the node or of the
// binary, so that it can be launched where the service path has no script for it.
func (n *Node) HasService(name string) bool {
	return HasService(n.config.Services, name)
}

// HasService is Node.HasService before there is a node: services are those that it
// will have as Config.Services.
func HasService(services map[string]OpenService, name string) bool {
	return services[name] != nil || embeddedService(name) != ""
}

// embeddedService is the source of a service of package lualib, empty for none.
func embeddedService(name string) string {
	if name == "cslave" { // of a network, which there is not
		name = "cdummy"
	}
	return lualib.Services()[name]
}
