package console

import (
	"context"
	"time"
)

// The interfaces below are all that the console asks of a node. Rules for every
// method of every group:
//
//   - it may be called from any goroutine, several at once;
//   - when ctx ends it returns at once with ctx's error, whatever the service
//     concerned is doing; the service's late answer is dropped;
//   - an address that no service has is answered by an error, never a panic;
//   - strings that services made are passed on as they are: the console makes
//     them safe to print.

// Backend is a node in the groups that it offers. Node is required; each other
// group may be nil, and then its commands don't exist.
type Backend struct {
	Node      Node
	Reloader  Reloader
	Evaluator Evaluator
	Environ   Environ
	MailLog   MailLog
	Tracer    Tracer
	Watcher   Watcher
	Sockets   Sockets
	Uniques   Uniques
	CodeCache CodeCache
	// Journal is the node's log, for `tail`. The node's log sink calls its
	// Append.
	Journal *Journal
	// Events is what happens to services, a line each with its Kind set, for
	// `tail --events`; nil takes the flag's answer away.
	Events *Journal
}

// Node is what every node can do: name its services, start and end them, and
// carry messages to them.
type Node interface {
	// Services returns every living service, in any order. It must not wait for
	// any of them: its numbers come from the node's own counters, so that it
	// answers also when a service hangs.
	Services(ctx context.Context) ([]Service, error)
	// Launch starts a service and waits until it is running. An address of 0
	// without an error says that it left during its own start.
	Launch(ctx context.Context, r LaunchRequest) (Address, error)
	// Exit asks a service to leave as if it had called skynet.exit.
	Exit(ctx context.Context, to Address) error
	// Kill removes a service at once.
	Kill(ctx context.Context, to Address) error
	// Signal breaks what a service is running at this moment, and says what that
	// was, empty for nothing: 0 raises `signal 0` in it.
	Signal(ctx context.Context, to Address, n int) (string, error)
	// Call sends a request of type lua. args is Lua source of an expression
	// list, evaluated in an empty environment; a source that doesn't compile
	// is [ErrInvalidArguments].
	Call(ctx context.Context, to Address, args string) ([]Value, error)
	// Source reads a file of Lua, on the node's side. It refuses what isn't a
	// regular file, or is too large, and waits for nobody.
	Source(file string) (string, error)
	// Inject runs a chunk inside a service.
	Inject(ctx context.Context, to Address, r InjectRequest) (Output, error)
	// Debug sends one command of skynet's debug protocol (TASK, UNIQTASK, INFO,
	// MEM, GC, PING, KILLTASK, …) and returns what the service answers.
	Debug(ctx context.Context, to Address, cmd string, args ...string) ([]Value, error)
}

// Service is one line about a service, from the node's own counters.
type Service struct {
	Address      Address
	Kind         string        // what runs it: "snlua"
	Script       string        // the name that it was launched by: "worker", "demo/counter"
	Args         string        // its arguments as launched, joined by a space
	Names        []string      // ".logger" and global names, sorted where they are no more than 1,000
	Generation   int           // the loaded version of its code, from 1; 0 where there is none
	State        string        // "running", "preparing", "draining", …
	ReloadStatus               // what came of its reloads
	System       bool          // logger, bootstrap, launcher: left out of `list`
	Mailbox      int           // messages waiting
	Messages     int64         // messages dispatched since it started
	CPU          time.Duration // time spent running its Lua
	Memory       int64         // bytes when it was last weighed, below 0 if never
	Tasks        int           // parked and running tasks
	Endless      bool          // one message has been running for longer than the monitor's patience
	Busy         bool          // one message has been running for so long that nobody should wait for an answer
	Doing        string        // what it runs now, one line, empty when idle: "lua from :00000009 for 3.2s, worker.lua:33"
}

// ReloadStatus is what came of a service's reloads.
type ReloadStatus struct {
	LastReload time.Time // when the last reload ended, zero where none did
	Outcome    Outcome   // of the last reload
	ReloadNote string    // what the last reload said, one line: "2 → 3, patched, 4 ms"
	Error      string    // why the last reload failed, empty once one succeeds
	FailedAt   time.Time // since when they fail, zero where none did
}

// LaunchRequest asks for a new service.
type LaunchRequest struct {
	Kind string // "snlua" or "snax"
	Name string
	Args []string
	Log  bool // log the messages it gets from its first one on, as `log` does
}

// InjectRequest is a chunk to run inside a service.
type InjectRequest struct {
	// Chunk is the chunk's name for error messages, as Lua takes it: "@fix.lua"
	// or "=inject".
	Chunk string
	Code  string
	// Args are the chunk's `...`, as strings.
	Args []string
	// Expression asks to try the code as an expression list first, and to
	// return its values.
	Expression bool
}

// Output is what code printed, and the values that it returned.
type Output struct {
	Printed string
	Values  []Value
}

// Reloader exchanges the code of running services.
type Reloader interface {
	// Reload exchanges the code of the targets. One result is returned for each
	// service that was tried, also for those that failed; the error is for a
	// request that could not be tried at all.
	Reload(ctx context.Context, r ReloadRequest) ([]ReloadResult, error)
	// History returns the generations whose source is still known, oldest first.
	History(ctx context.Context, of Address) ([]Generation, error)
	// Rollback reloads a service from the source of an earlier generation; 0 is
	// the one before the present.
	Rollback(ctx context.Context, of Address, generation int) (ReloadResult, error)
	// Check finds what a reload of the file would find, without reloading.
	Check(ctx context.Context, file string) ([]Problem, error)
	// Plan tells, without reloading, what it takes for services to run the files
	// as they are on disk. It leaves out services that do so already.
	Plan(ctx context.Context, files []string) ([]Plan, error)
}

// ReloadRequest says what to reload, and how.
type ReloadRequest struct {
	// Targets are the services; All asks for every service whose files changed.
	Targets []Address
	All     bool
	// Args replace the service's arguments where HasArgs is set.
	Args    []string
	HasArgs bool
	Drain   time.Duration // how long the old generation may take; 0 for the node's own setting
	Now     bool          // don't drain: cut what the old generation still runs
	Fresh   bool          // drop the state: what is kept, and all variables
	Patch   bool          // replace functions in place, no new VM
}

// ReloadResult is the outcome for one service.
type ReloadResult struct {
	Address Address
	Script  string
	From    int // generation before
	To      int // generation after; equal to From when it failed
	Took    time.Duration
	Note    string // what happened in a few words: "patched", "reloaded: a new top-level local"
	Outcome Outcome
	// Error is why it failed; a traceback may follow its first line.
	Error string
}

// Generation is one loaded version of a service's code.
type Generation struct {
	Number  int
	Loaded  time.Time
	State   string // "preparing", "switching", "current", "draining", "retired", "failed"
	Hash    string // of the script's bytes, shortened
	Note    string
	Outcome Outcome
	Current bool
}

// Plan is what it takes for a service to run changed files.
type Plan struct {
	Address Address
	Script  string
	// Takes is what it would be, in the words that it will be told in: "patched",
	// "patched, 1 stale", "reloaded"; or "fail", "restart", "nothing".
	Takes   string
	Why     string // what would change, be kept and lost, and why
	Outcome Outcome
}

// Problem is one finding of a check.
type Problem struct {
	File    string
	Line    int // 0 where it isn't known
	Message string
}

// Evaluator runs Lua lines inside a service, for `use`.
type Evaluator interface {
	// Eval runs one chunk, an expression list first. A chunk that only lacks
	// its end returns [ErrIncomplete].
	//
	// A name means what it means at the end of file, which the service has run;
	// the empty name is its script.
	Eval(ctx context.Context, in Address, file, code string) (Output, error)
	// Complete returns the whole words that can stand for prefix, a dotted path
	// such as "CMD.ge": globals, upvalues of the handlers, fields. Sorted.
	Complete(ctx context.Context, in Address, file, prefix string) ([]string, error)
}

// Environ is the node's environment, what skynet.getenv reads.
type Environ interface {
	// Getenv returns the value of a key, and whether there is one.
	Getenv(key string) (string, bool)
	// Setenv sets a key that has no value yet.
	Setenv(key, value string) error
	// Keys returns every key, sorted.
	Keys() []string
}

// MailLog writes the messages that a service gets to a file.
type MailLog interface {
	Logon(ctx context.Context, of Address) error
	Logoff(ctx context.Context, of Address) error
}

// Tracer turns the trace log of one protocol of a service on and off.
type Tracer interface {
	Trace(ctx context.Context, of Address, proto string, on bool) error
}

// Watcher is the watcher of files.
type Watcher interface {
	Watched(ctx context.Context) ([]WatchedFile, error)
	// SetMode says what a save does from now on to the services that fit a
	// pattern: auto, reload, fresh, patch, restart or off, or default to take back what
	// was set before.
	SetMode(ctx context.Context, pattern, mode string) error
}

// WatchedFile is one file whose change reloads services.
type WatchedFile struct {
	Path     string
	Services []Address
	Modes    []string  // of these services, each once, sorted
	At       time.Time // of the last event, zero where there was none
	Event    string    // what it led to: "reloaded 2 services", "same bytes"
}

// Sockets lists the node's sockets.
type Sockets interface {
	Sockets(ctx context.Context) ([]Socket, error)
}

// Socket is one socket of the node, in netstat's words.
type Socket struct {
	ID      int
	Address Address // who owns it
	Type    string  // "LISTEN", "TCP", "UDP"
	Peer    string
	Sock    string // the local end
	Accept  int64  // connections taken, for a listener
	Read    int64  // bytes
	Write   int64
	WBuffer int64 // bytes not written yet
	RTime   time.Time
	WTime   time.Time
}

// Uniques lists the unique services.
type Uniques interface {
	Uniques(ctx context.Context) ([]Unique, error)
}

// Unique is a unique service and its state: an address, or who waits for it.
type Unique struct {
	Name    string
	Address Address // 0 while it starts or after it failed
	Note    string  // "Error : …", "waiting :00000009", empty
}

// CodeCache is the cache of compiled scripts.
type CodeCache interface {
	ClearCache(ctx context.Context) error
}
