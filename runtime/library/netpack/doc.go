// Package netpack is skynet.netpack for Lua services: packages with their length before them, in two bytes, cut out of what
// sockets receive. A gate reads it from messages of type socket, which skynet.socketdriver has sent.
package netpack
