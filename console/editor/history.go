package editor

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// maxHistory is the number of lines that are kept.
const maxHistory = 1000

// History is a list of lines in a file of mode 0600, shared by all editors of
// the process; another process that uses the file adds to it too. It is safe for
// concurrent use.
type History struct {
	mu    sync.Mutex
	path  string
	lines []string
}

// OpenHistory reads a history. A file that doesn't exist is empty; it is made
// with the first line. An empty path keeps the history in memory.
func OpenHistory(path string) (*History, error) {
	h := &History{path: path}
	if path == "" {
		return h, nil
	}
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return h, nil
	}
	if err == nil && !info.Mode().IsRegular() {
		h.path = "" // /dev/null, for who wants none; a pipe would keep us waiting
		return h, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return h, fmt.Errorf("history: %w", err)
	}
	defer func() { _ = f.Close() }()
	total := 0
	for lines := bufio.NewScanner(f); lines.Scan(); total++ {
		h.appendLocked(lines.Text())
	}
	if total > 2*maxHistory {
		return h, h.rewriteLocked()
	}
	return h, nil
}

// HistoryPath is where the history belongs: $XDG_STATE_HOME/devnode/history, or
// its place under the home directory.
func HistoryPath() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "devnode", "history"), nil
	}
	if runtime.GOOS == "windows" {
		dir, err := os.UserCacheDir()
		return filepath.Join(dir, "devnode", "history"), err
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "state", "devnode", "history"), err
}

// Lines returns the lines, the oldest first.
func (h *History) Lines() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.lines...)
}

// Add appends a line, unless it repeats the last one or begins with a space,
// which is how a person keeps a line out of the file.
func (h *History) Add(line string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.appendLocked(line) || h.path == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(h.path), 0o700); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	f, err := os.OpenFile(h.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	_, err = f.WriteString(line + "\n")
	return errors.Join(err, f.Close())
}

func (h *History) appendLocked(line string) bool {
	n := len(h.lines)
	if line == "" || line[0] == ' ' || strings.ContainsAny(line, "\r\n") || n > 0 && h.lines[n-1] == line {
		return false
	}
	h.lines = append(h.lines, line)
	if len(h.lines) > maxHistory {
		h.lines = h.lines[1:]
	}
	return true
}

// rewriteLocked shortens the file: a new one of the same mode takes its place.
func (h *History) rewriteLocked() error {
	f, err := os.CreateTemp(filepath.Dir(h.path), "history") // mode 0600
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	_, err = f.WriteString(strings.Join(h.lines, "\n") + "\n")
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), h.path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("history: %w", err)
	}
	return nil
}
