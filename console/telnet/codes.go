package telnet

// Commands of RFC 854.
const (
	SE   = 240
	NOP  = 241
	DM   = 242 // data mark, sent as urgent data
	BRK  = 243
	IP   = 244 // interrupt process
	AO   = 245 // abort output
	AYT  = 246 // are you there
	EC   = 247 // erase character
	EL   = 248 // erase line
	GA   = 249
	SB   = 250
	WILL = 251
	WONT = 252
	DO   = 253
	DONT = 254
	IAC  = 255
)

// Options.
const (
	Binary   = 0
	Echo     = 1
	SGA      = 3  // suppress go ahead; with Echo it means a character at a time
	Timing   = 6  // timing mark, how telnet flushes output after ^C
	TType    = 24 // terminal type, RFC 1091
	NAWS     = 31 // window size, RFC 1073
	Linemode = 34
)

// More commands, of RFC 1184.
const (
	EOF   = 236
	SUSP  = 237
	ABORT = 238
)

// Devnode is an option of our own, between a devnode and its attached console:
// the history lives with the person, not with the node. Clients that don't know
// it refuse it. What its subnegotiations hold begins with one of the bytes below.
const Devnode = 222

const (
	DevnodeHistory   = 'H' // to the node: lines of history, each ended by a newline
	DevnodeLine      = 'L' // to the client: a line to remember
	DevnodeTokenWant = 'T' // to the client: a token is needed
	DevnodeToken     = 'K' // to the node: the token
	DevnodeGoodbye   = 'G' // to the client: the person has left, the connection ends in good order
)
