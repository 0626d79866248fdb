// Package sharetable is skynet.sharetable: tables that are read by all services, and of
// which there is one copy. sharetable.query gives the table itself, frozen, so that a read
// is one of any table; a table that was loaded anew is another one, and
// sharetable.update has the calling service hold that in the place of the old one, in
// variables, tables and coroutines.
//
// In skynet a service holds the tables, here the node does: nothing waits. What a version
// of a service's code loads while it is prepared, others see once it serves.
package sharetable
