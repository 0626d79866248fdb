// Package actor is what a node knows of services before it knows of Lua: their
// handles, and the types of the messages that they send each other.
package actor
