// Package sharedata is what skynet.sharedata stands on: tables that all services of a node read, of which there is one copy.
//
// A table that is shared becomes a tree, which never changes. A service has a view of it, a Lua table whose metatable reads the
// tree; an update puts another tree into its place. Each service is told between two messages, as in skynet, and its views show the
// new tree from then on: what a service reads without waiting is of one tree.
package sharedata
