// Package actor drives services, whatever they are made of: handles and names
// (Directory), messages and mailboxes, workers that give ready actors one turn after
// another (Scheduler), timers. An actor is in one worker's hands at most, so what its
// Owner does needs no lock.
//
// Of Lua it knows values, which messages carry; it knows no scripts, no code that is
// replaced, and none of skynet's functions. A service is an Owner: it takes messages out
// of its mailbox (Mailbox.Pop) in its turn (Owner.Run), until Worker.GoesOn is false.
package actor
