package console

import "time"

// Limits that keep one client from harming the node or the other clients.
const (
	maxLine      = 64 << 10         // bytes of one line
	maxAhead     = 1 << 20          // bytes of lines read ahead of the command that runs
	maxConns     = 32               // connections at once of those who have shown who they are
	maxStrangers = 128              // and of those who haven't yet
	writeTimeout = 10 * time.Second // for a client that doesn't read
	loginTimeout = 30 * time.Second // for the token
	lingerFor    = 200 * time.Millisecond
	wordPatience = 10 * time.Millisecond // for the last words to who doesn't read, perhaps
	loginTries   = 3
)
