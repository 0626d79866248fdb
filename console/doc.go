// Package console is the debug console of a devnode: the place where a
// developer, a script or an editor lists services, looks into them, runs Lua in
// them and reloads them.
//
// One table of commands (see [Command]) serves every way in:
//
//   - plain lines over TCP or a Unix socket, byte for byte the protocol of
//     skynet's debug console, for nc, pipes and programs;
//   - a stock telnet, which is found out by its negotiation and then gets line
//     editing, history and completion;
//   - the prompt of the node's own terminal, with the log printed above it;
//   - [Attach] and [Exec], the client side of `devnode console` and
//     `devnode exec`.
//
// The package knows nothing of the runtime. What it needs is declared in node.go
// as small interfaces; a group that a node lacks takes its commands out of the
// table, out of help and out of completion.
//
// # The console runs code
//
// Whoever reaches the console can inject Lua into every service, so reaching it
// is what is guarded: loopback by default, a token for any other address, a
// Unix socket of mode 0600 as an alternative, other users of the machine
// refused, anything that looks like HTTP or binary cut off before a line of it
// runs. It does not encrypt: carry it over ssh where the network isn't yours.
//
// # Concurrency
//
// A [Console] is immutable once made and serves any number of connections. Each
// connection runs its commands one after another; a second goroutine reads ahead
// so that ^C, a hang-up or an attack cancels the running command. Every command
// runs under a deadline. No lock is held while a command runs.
//
// # Adding a command
//
// Add a row to the table of its group, in the commands_….go of that group: name,
// group, arguments, summary, and a function that returns a [Result]. What it
// needs of the node goes into the interface of its group in node.go. Add its
// transcript, with and without --json, to testdata, and run
//
//	go test ./console -update
//
// which fills in the answers and writes docs/console.md anew.
package console
