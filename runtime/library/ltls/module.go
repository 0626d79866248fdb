package ltls

import (
	"crypto/tls"
	"slices"

	"devnode/runtime/library"
)

// Module is what require "ltls.c" returns.
func Module() library.Module {
	return library.Module{Name: "ltls.c", Functions: map[string]library.Function{
		"newctx": func(c library.Call) { c.Return(settingsClass.New(c, &settings{})) },
		"newtls": newSession,
	}}
}

// Init is what require "ltls.init.c" returns: there is nothing to begin or to end.
func Init() library.Module {
	nothing := func(library.Call) {}
	return library.Module{Name: "ltls.init.c", Functions: map[string]library.Function{
		"constructor": nothing, "destructor": nothing,
	}}
}

var sessionClass = &library.Class{
	Name: "_TLS_CONTEXT_METATABLE_",
	Methods: map[string]library.Function{
		"close":             func(c library.Call) { sessionOf(c).close() },
		"finished":          func(c library.Call) { c.Return(library.Bool(openOf(c).finished)) },
		"handshake":         handshake,
		"read":              read,
		"write":             write,
		"set_ext_host_name": setHostName,
	},
	Events: map[string]library.Function{"__gc": func(c library.Call) { sessionOf(c).close() }},
}

func sessionOf(c library.Call) *session {
	s, ok := library.Held[*session](c.Arg(1))
	if !ok {
		c.Raise("need tls context")
	}
	return s
}

func openOf(c library.Call) *session {
	s := sessionOf(c)
	if s.closed {
		c.Raise("context is closed")
	}
	return s
}

// newSession is newtls(method, ctx, hostname).
func newSession(c library.Call) {
	method := c.OptString(1, "nil")
	of := settingsOf(c, 2)
	if method != "client" && method != "server" {
		c.Raise("invalid method:%s e.g[server, client]", method)
	}
	s := &session{server: method == "server", config: &tls.Config{
		Certificates:       slices.Clone(of.certificates),
		InsecureSkipVerify: true, // skynet's verifies nothing, and scripts count on that
	}}
	if !s.server && !c.Arg(3).IsNil() {
		s.config.ServerName = c.String(3)
	}
	opened.Of(c.Service()).add(s)
	c.Return(sessionClass.New(c, s))
}

// handshake is tls:handshake(received): what is to be sent, nothing where there is none
// or the handshake is over. What is left to be sent then goes with the next write.
func handshake(c library.Call) {
	s := openOf(c)
	if s.finished {
		c.Raise("handshake is finished")
	}
	s.receive(c)
	s.advance()
	switch {
	case s.failed != nil:
		c.Raise("SSL_do_handshake error:1 ret:-1: %s", s.failed)
	case !s.finished && s.below.out.Len() > 0:
		c.Return(library.Bytes(s.below.take()))
	}
}

// receive takes what the other side has sent: the second argument.
func (s *session) receive(c library.Call) {
	if received, ok := text(c, 2); ok {
		s.below.in.WriteString(received)
	}
}

// read is tls:read(received): the text in it.
func read(c library.Call) {
	s := openOf(c)
	s.receive(c)
	text, err := s.read()
	if err != nil {
		c.Raise("SSL_read error:1: %s", err)
	}
	c.Return(library.Bytes(text))
}

// write is tls:write(text): what is to be sent.
func write(c library.Call) {
	s := openOf(c)
	if plain, _ := text(c, 2); plain != "" {
		s.advance()
		if s.failed != nil {
			c.Raise("SSL_write error:1: %s", s.failed)
		}
		if !s.finished {
			c.Raise("SSL_write error:2: the handshake isn't finished")
		}
		if _, err := s.conn.Write([]byte(plain)); err != nil {
			c.Raise("SSL_write error:1: %s", err)
		}
	}
	c.Return(library.Bytes(s.below.take()))
}

// longestName is how long a host's name may be.
const longestName = 255

// setHostName is tls:set_ext_host_name(name): 1, or 0 where that can't be one.
func setHostName(c library.Call) {
	s := openOf(c)
	name, given := text(c, 2)
	if given && (name == "" || len(name) > longestName) {
		c.Return(library.Int(0))
		return
	}
	if s.conn == nil {
		s.config.ServerName = name
	}
	c.Return(library.Int(1))
}
