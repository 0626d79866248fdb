// Package consoletest holds what tests of a console need: a model of a terminal's
// screen, to read what a person would see.
package consoletest

import (
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// Screen is a small terminal: it takes what a program writes and can be read as
// rows of text. It knows what line editors and this project use: CR, LF, BS, tab,
// cursor movement, erasing, wide characters, wrapping and scrolling. Colours are
// ignored. It is safe for concurrent use.
type Screen struct {
	mu          sync.Mutex
	cells       [][]string // "" is the right half of a wide character
	scrolled    []string   // rows that left at the top
	row, col    int
	width, high int
	wrap        bool // the last column was written; the next character wraps
	partial     []byte
	bells       int
}

// NewScreen makes an empty screen.
func NewScreen(width, height int) *Screen {
	s := &Screen{width: width, high: height}
	s.cells = make([][]string, height)
	for i := range s.cells {
		s.cells[i] = blank(width)
	}
	return s
}

func blank(width int) []string {
	row := make([]string, width)
	for i := range row {
		row[i] = " "
	}
	return row
}

// Write shows what a program prints. It never fails.
func (s *Screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := append(s.partial, p...)
	for len(b) > 0 {
		n := s.stepLocked(b)
		if n == 0 {
			break
		}
		b = b[n:]
	}
	s.partial = append([]byte(nil), b...)
	return len(p), nil
}

// stepLocked shows one character or sequence and returns its length, 0 when it
// isn't complete.
func (s *Screen) stepLocked(b []byte) int {
	switch c := b[0]; {
	case c == 0x1b:
		return s.escapeLocked(b)
	case c == '\r':
		s.col, s.wrap = 0, false
	case c == '\n':
		s.wrap = false
		s.downLocked()
	case c == '\b':
		s.col, s.wrap = max(0, s.col-1), false
	case c == '\t':
		s.col = min(s.width-1, (s.col/8+1)*8)
	case c == 7:
		s.bells++
	case c < 0x20:
	default:
		if !utf8.FullRune(b) {
			return 0
		}
		r, n := utf8.DecodeRune(b)
		s.putLocked(r)
		return n
	}
	return 1
}

func (s *Screen) putLocked(r rune) {
	cond := runewidth.Condition{StrictEmojiNeutral: true}
	w := cond.RuneWidth(r)
	if w == 0 {
		return
	}
	if s.wrap || s.col+w > s.width {
		s.col, s.wrap = 0, false
		s.downLocked()
	}
	s.cells[s.row][s.col] = string(r)
	if w == 2 {
		s.cells[s.row][s.col+1] = ""
	}
	s.col += w
	if s.col >= s.width {
		s.col, s.wrap = s.width-1, true
	}
}

func (s *Screen) downLocked() {
	if s.row++; s.row < s.high {
		return
	}
	s.row = s.high - 1
	s.scrolled = append(s.scrolled, rowText(s.cells[0]))
	s.cells = append(s.cells[1:], blank(s.width))
}

// escapeLocked acts on ESC [ parameters letter.
func (s *Screen) escapeLocked(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	if b[1] != '[' {
		return 2
	}
	n, number, digits := 2, 0, false
	for ; n < len(b) && (b[n] < '@' || b[n] > '~'); n++ {
		if b[n] >= '0' && b[n] <= '9' {
			number, digits = number*10+int(b[n]-'0'), true
		}
	}
	if n == len(b) {
		return 0
	}
	times := number
	if !digits {
		times = 1
	}
	s.actLocked(b[n], number, times)
	return n + 1
}

func (s *Screen) actLocked(final byte, number, times int) {
	if final != 'm' && final != 'h' && final != 'l' {
		s.wrap = false
	}
	switch final {
	case 'A':
		s.row = max(0, s.row-times)
	case 'B':
		s.row = min(s.high-1, s.row+times)
	case 'C':
		s.col = min(s.width-1, s.col+times)
	case 'D':
		s.col = max(0, s.col-times)
	case 'H':
		s.row, s.col = 0, 0
	case 'J':
		if number >= 2 {
			for i := range s.cells {
				s.eraseLocked(i, 0, s.width)
			}
			return
		}
		s.eraseLocked(s.row, s.col, s.width)
		for i := s.row + 1; i < s.high; i++ {
			s.eraseLocked(i, 0, s.width)
		}
	case 'K':
		switch number {
		case 0:
			s.eraseLocked(s.row, s.col, s.width)
		case 1:
			s.eraseLocked(s.row, 0, s.col+1)
		default:
			s.eraseLocked(s.row, 0, s.width)
		}
	}
}

func (s *Screen) eraseLocked(row, from, to int) {
	for i := from; i < to; i++ {
		s.cells[row][i] = " "
	}
}

func rowText(cells []string) string { return strings.TrimRight(strings.Join(cells, ""), " ") }

// String is the screen's text, without empty rows at the end.
func (s *Screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := make([]string, s.high)
	for i, r := range s.cells {
		rows[i] = rowText(r)
	}
	return strings.TrimRight(strings.Join(rows, "\n"), "\n")
}

// All is String with the rows that scrolled away before it.
func (s *Screen) All() string {
	now := s.String()
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(append(append([]string(nil), s.scrolled...), now), "\n")
}

// Row returns the text of the row that the cursor is in, and the cursor's column.
func (s *Screen) Row() (text string, column int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return rowText(s.cells[s.row]), s.col
}

// Bells returns how often the bell rang.
func (s *Screen) Bells() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bells
}

// Resize changes the window's size; rows are cut or filled, not wrapped anew.
func (s *Screen) Resize(width, height int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cells := make([][]string, height)
	for i := range cells {
		cells[i] = blank(width)
		if i < len(s.cells) {
			copy(cells[i], s.cells[i])
		}
	}
	s.cells, s.width, s.high = cells, width, height
	s.row, s.col = min(s.row, height-1), min(s.col, width-1)
}
