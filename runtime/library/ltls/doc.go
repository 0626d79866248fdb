// Package ltls is ltls.c and ltls.init.c for Lua services: TLS on crypto/tls, in the form
// that skynet's http.tlshelper and http.websocket want it. A context has no connection:
// the script carries the bytes.
//
//	local c = require "ltls.c"
//	local tls = c.newtls("client", c.newctx(), "example.org")
//	socket.write(id, tls:handshake())
//	while not tls:finished() do
//		local answer = tls:handshake(socket.read(id))
//		if answer then socket.write(id, answer) end
//	end
//
// As with skynet's, a client verifies no certificate: it is safe from those who listen,
// not from those who pretend to be the server.
package ltls
