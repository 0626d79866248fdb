// Package sharedata is what skynet.sharedata stands on, and skynet.datasheet: tables that all services of a node read, of which
// there is one copy.
//
// A table that is shared is frozen. A service has a library.View of it, tables of its own that show what is in the frozen ones, and
// that another one is shown in by an update. Each service is told between two messages, as in skynet, and its views show the new
// table from then on: what a service reads without waiting is of one table.
package sharedata
