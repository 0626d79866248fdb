// Package socket is skynet.socket and skynet.socketdriver: TCP, UDP and standard input
// for services (skynet's socket_server.c).
//
// A socket belongs to a service, not to a generation of its code: a connection, a
// listener and the bytes that nobody has read yet outlive a reload. Numbers of sockets
// are the node's: any service may write to one, and take it over by socket.start.
//
// The goroutines of a socket never touch Lua. They fill its inbox (receive.go) and wake
// the task that reads it, or have its owner call a function (hooks.go), by messages.
//
// socket.mu comes first, a listener's before that of a connection that it has
// accepted; sockets.mu is innermost.
package socket
