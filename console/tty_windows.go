package console

import (
	"context"
	"io"
	"os"
	"time"

	"golang.org/x/sys/windows"
	"golang.org/x/term"
)

// makeRaw takes a console window out of its own line editing and lets it
// understand escape sequences; restore undoes both.
func makeRaw(in, out *os.File) (restore func(), err error) {
	fd := int(in.Fd())
	state, err := term.MakeRaw(fd)
	if err != nil {
		return nil, err
	}
	window := windows.Handle(out.Fd())
	var mode uint32
	if err := windows.GetConsoleMode(window, &mode); err != nil {
		_ = term.Restore(fd, state)
		return nil, err
	}
	_ = windows.SetConsoleMode(window, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING)
	return func() {
		_ = windows.SetConsoleMode(window, mode)
		_ = term.Restore(fd, state)
	}, nil
}

// keyReader reads a console window and can be stopped while it waits.
type keyReader struct {
	in  *os.File
	end windows.Handle // an event
}

func newKeyReader(in *os.File) (*keyReader, error) {
	end, err := windows.CreateEvent(nil, 1, 0, nil)
	if err != nil {
		return nil, err
	}
	return &keyReader{in: in, end: end}, nil
}

// Read waits for keys or for Close.
func (k *keyReader) Read(p []byte) (int, error) {
	which, err := windows.WaitForMultipleObjects([]windows.Handle{k.end, windows.Handle(k.in.Fd())}, false, windows.INFINITE)
	if err != nil {
		return 0, err
	}
	if which == windows.WAIT_OBJECT_0 {
		return 0, io.EOF
	}
	return k.in.Read(p)
}

// Close ends a Read that waits, and all later ones. The event lives as long as
// the process, for a Read may still look at it.
func (k *keyReader) Close() error { return windows.SetEvent(k.end) }

// watchSize looks for a new size of the window from time to time, for Windows
// sends no signal.
func watchSize(ctx context.Context, resized func()) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	width, height := sizeOf(os.Stdout)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if w, h := sizeOf(os.Stdout); w != width || h != height {
				width, height = w, h
				resized()
			}
		}
	}
}
