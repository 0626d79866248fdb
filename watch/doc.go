// Package watch turns saves into batches: which files hold other bytes than
// the consumer last heard of, and what they hold.
//
//	w, err := watch.New(watch.Config{Roots: []string{"scripts"}, Files: []string{"*.lua"}})
//	if err != nil {
//		return err
//	}
//	defer w.Close()
//	for batch := range w.Batches() {
//		for _, c := range batch.Changes {
//			fmt.Println(c.Op, c.Path, c.Hash)
//		}
//	}
//
// # What it guarantees
//
//   - For every watched path the watcher keeps one hash: of what the consumer
//     last heard of it, by [New], [Watcher.Add], [Watcher.SetKnown] or a batch.
//     Whenever the file comes to rest at other bytes, that is reported; as long
//     as it has the same, nothing is: not after a touch, a chmod, or a save of
//     what was there before. [Watcher.Doubt] makes the one exception.
//   - A change is reported with the bytes that were hashed, read once.
//   - A file is taken when it is whole. On Linux it is known without waiting
//     that no writer has it open (a read lease says so), for files of the
//     process's own user, and of any user for root; elsewhere, and on file
//     systems without leases, its bytes must have been the same for
//     Config.Settle. A file that is missing or empty, or looks unfinished
//     (Config.Unfinished), must have been so for 100 ms, and for 400 ms if there
//     is nothing else to deliver. One that someone keeps open for writing is taken when its bytes
//     have been the same for 2 s.
//   - That a file can't be read, as its own mode or that of a folder above it
//     forbids it, or is larger than Config.MaxSize, is reported
//     once, as Unreadable, when it has been so for 400 ms; and once it can be,
//     what it holds, also if that is what the consumer has. One that the
//     consumer doesn't have isn't reported until it can be read. [Watcher.Status]
//     names them all.
//   - While nobody receives, changes join the batch that waits: a slow consumer
//     gets the last content, and memory stays bounded.
//   - Symlinks are followed, in the middle of a path, too: a swap of one counts
//     as a change of all that is behind it. Those that lead in circles end.
//   - When the system loses events, everything is looked at. Where it gives
//     none, or can't be relied on to, the folders are polled, and one line in
//     the log says why and which setting to raise.
//
// # Pace
//
// A lone save is delivered as soon as nothing else has happened for
// Config.Quiet, 8 ms. After a second file, and within 60 ms of the batch
// before, it takes 25 ms of quiet, from the 16th file on 50 ms, and while git
// holds the lock of a repository that a root or a named file is in, its
// release. A file that isn't settled, as it is being written or is missing,
// keeps others waiting for 150 ms at most; one that changes again and again
// goes out every 100 ms; and no file waits for others longer than 1 s (2 s for
// git). Files saved by hand at distances between 8 and 60 ms may hence come as
// two batches, the first file and the others: the price of a lone save at once.
// A longer Config.Quiet shifts it.
//
// Where files are polled, a change is noticed within Config.PollInterval, and
// delivered after a further pass that saw nothing more.
//
// # What it doesn't do
//
//   - It doesn't say who loaded a file: that is for the consumer to know.
//   - It doesn't follow the second name of a hard link: a write by one name is
//     no event for the other, unless both are polled.
//   - A write to a memory-mapped file is noticed when something else about the
//     file changes.
//   - A renamed folder is noticed after up to 250 ms where nothing above it is
//     watched: above a root, or above the folder of a file that was named singly.
//   - Paths that differ in case only are different paths, on every system.
//
// # Concurrency
//
// One goroutine takes the events, looks at files and sends batches; one
// empties the system's queue; one polls, if anything has to be. [Watcher.Close]
// waits for all of them. There is one lock for what they share, Watcher.mu,
// with those of the queue and the poller below it; it is held while files are
// read, never while a batch is sent.
package watch
