// Package sharedata is what skynet.sharedata stands on: tables that all services of a node read, of which there is one copy.
//
// A table that is shared becomes a tree, which never changes. A service has a view of it, a Lua table whose metatable reads the
// tree; an update puts another tree into its place, which the views then read.
package sharedata
