// Package telnet speaks as much of the telnet protocol as a console needs: it
// takes commands and negotiation out of what a client sends, and keeps the state
// of the options on the server's side. It does no input and no output, so that
// every byte sequence, however broken, is a plain function call away from a test.
package telnet
