package watch

import (
	"errors"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/fsnotify/fsnotify"
)

// notifier is the source of events from the operating system, for folders
// that are named one by one.
type notifier struct {
	fs   *fsnotify.Watcher
	q    *queue
	done sync.WaitGroup
}

func newNotifier(q *queue) (*notifier, error) {
	fs, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	n := &notifier{fs: fs, q: q}
	n.done.Add(1)
	go n.pump()
	return n, nil
}

// pump empties fsnotify's channels without ever waiting for the loop:
// fsnotify sends some errors while it holds the lock that add needs.
func (n *notifier) pump() {
	defer n.done.Done()
	events, errs := n.fs.Events, n.fs.Errors
	for events != nil || errs != nil {
		select {
		case e, ok := <-events:
			if !ok {
				events = nil
			} else if e.Name != "" && e.Op != 0 {
				n.q.put(filepath.Clean(e.Name), opOf(e.Op))
			}
		case err, ok := <-errs:
			switch {
			case !ok:
				errs = nil
			case errors.Is(err, fsnotify.ErrEventOverflow), errors.Is(err, syscall.EINVAL):
				n.q.lose(nil) // the second: a folder that was moved is gone already
			default:
				n.q.lose(err)
			}
		}
	}
}

func opOf(o fsnotify.Op) op {
	switch {
	case o.Has(fsnotify.Create):
		return opCreate
	case o.Has(fsnotify.Remove), o.Has(fsnotify.Rename):
		return opGone
	}
	return opWrite
}

// add watches a folder. Doing it again is cheap, and mends a watch that was left
// on a folder which has since been moved away.
func (n *notifier) add(dir string) error { return n.fs.Add(dir) }

// remove unwatches a folder; one that isn't watched is none of its business.
func (n *notifier) remove(dir string) { _ = n.fs.Remove(dir) }

// watched returns the folders that have a watch.
func (n *notifier) watched() map[string]bool {
	dirs := map[string]bool{}
	for _, dir := range n.fs.WatchList() {
		dirs[dir] = true
	}
	return dirs
}

// close ends the events and waits for the pump.
func (n *notifier) close() error {
	err := n.fs.Close()
	n.done.Wait()
	return err
}
