// Package memoryuse is skynet.memory for Lua services: what the process and each service take.
// skynet's asks its allocator; here the figures are those of Go's heap, and of services as
// they are weighed for skynet.memlimit.
package memoryuse
