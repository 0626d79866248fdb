// Package clientsocket is client.socket for Lua: what skynet's clients on the command line,
// which are plain Lua scripts, connect by. Such a script runs by `devnode lua client.lua`.
// Reading never waits; the rest does.
package clientsocket
