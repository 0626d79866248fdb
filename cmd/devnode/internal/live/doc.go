// Package live joins the watcher of files to the reload of services: a save
// reloads exactly the services that run other bytes of what was saved.
//
//	known := live.NewKnown()
//	node := runtime.New(runtime.Config{Loaded: known.Loaded})
//	reloader := live.New(node, watcher, known, options)
//	err := reloader.Run(ctx)
//
// # What it guarantees
//
//   - Every file that a service loads, and every path where it looked for one in
//     vain, is watched from then on.
//   - Each batch of changes is one reload of all the services that it concerns,
//     from the bytes that the watcher has read: Node.Affected says which.
//   - A batch doesn't wait for the reload that an earlier one started: a service
//     whose preparation still runs gives it up for the newer one.
//   - A service that was starting when its file was saved is reloaded once it
//     has started; so is one whose preparation had yet to load the file, if it
//     then loaded it as it was before.
//   - A service that runs the saved bytes already is left alone.
//
// The node writes the line of the log for each service that was reloaded, or
// failed to be; this package adds what the node can't know: that a save concerned
// nobody.
package live
