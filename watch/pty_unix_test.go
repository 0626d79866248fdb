//go:build unix

package watch

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// terminal is a program in a pseudo-terminal.
type terminal struct {
	t    *testing.T
	cmd  *exec.Cmd
	tty  *os.File
	done sync.WaitGroup

	mu    sync.Mutex
	out   bytes.Buffer
	drawn chan struct{} // has an element when out has grown
}

// start starts a program in a terminal, or skips the test where it isn't
// installed.
func start(t *testing.T, dir string, argv ...string) *terminal {
	t.Helper()
	path, err := exec.LookPath(argv[0])
	if err != nil {
		t.Skipf("%s isn't installed: how it saves isn't tried", argv[0])
	}
	term := &terminal{t: t, cmd: exec.Command(path, argv[1:]...), drawn: make(chan struct{}, 1)}
	term.cmd.Dir = dir
	term.cmd.Env = append(os.Environ(), "TERM=xterm", "HOME="+dir+"/..", "LC_ALL=C.UTF-8")
	if term.tty, err = pty.StartWithSize(term.cmd, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	term.done.Add(1)
	go term.read()
	t.Cleanup(func() {
		_ = term.cmd.Process.Kill()
		_ = term.cmd.Wait()
		term.tty.Close()
		term.done.Wait()
	})
	return term
}

func (term *terminal) read() {
	defer term.done.Done()
	buf := make([]byte, 4096)
	for {
		n, err := term.tty.Read(buf)
		term.mu.Lock()
		term.out.Write(buf[:n])
		term.mu.Unlock()
		select {
		case term.drawn <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// shows waits until text has been on the screen.
func (term *terminal) shows(text string) {
	term.t.Helper()
	late := time.After(patience)
	for {
		term.mu.Lock()
		screen := term.out.String()
		term.mu.Unlock()
		if strings.Contains(screen, text) {
			return
		}
		select {
		case <-term.drawn:
		case <-late:
			term.t.Fatalf("the screen never showed %q: %q", text, screen)
		}
	}
}

func (term *terminal) keys(keys string) {
	term.t.Helper()
	_, err := term.tty.WriteString(keys)
	must(term.t, err)
}

// ends waits for the program to end.
func (term *terminal) ends() {
	term.t.Helper()
	ended := make(chan error, 1)
	term.done.Add(1)
	go func() {
		defer term.done.Done()
		ended <- term.cmd.Wait()
	}()
	select {
	case err := <-ended:
		if err != nil {
			term.t.Errorf("%s: %v", term.cmd.Path, err)
		}
	case <-time.After(patience):
		term.mu.Lock()
		defer term.mu.Unlock()
		term.t.Fatalf("%s doesn't end: %q", term.cmd.Path, term.out.String())
	}
}
