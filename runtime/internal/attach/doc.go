// Package attach is what lies between a node and the libraries that are attached to
// it: the node implements the interfaces here, package library makes of them what
// the author of a library sees. Neither imports the other's side of it.
package attach
