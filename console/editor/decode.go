package editor

import (
	"strings"
	"unicode/utf8"
)

// Decoder turns the bytes of a terminal into keys, across any boundaries between
// reads. Sequences that it doesn't know are swallowed whole; bytes that are no
// UTF-8 are dropped. The zero value is ready. It isn't safe for concurrent use.
type Decoder struct {
	state   decodeState
	params  []byte // of a CSI sequence
	pending []byte // the beginning of a character
}

type decodeState int

const (
	ground decodeState = iota
	afterCR
	afterEsc
	inCSI
	inSS3
	swallowOne // the letter of the Linux console's function keys, ESC [ [ A
)

// maxParams is more than any key sends; a longer sequence isn't one.
const maxParams = 32

// Decode returns the keys that the bytes complete.
func (d *Decoder) Decode(b []byte) []Key {
	var keys []Key
	for _, c := range b {
		if k := d.step(c); k != 0 {
			keys = append(keys, k)
		}
	}
	return keys
}

// step takes one byte and returns the key that it completes, or 0.
func (d *Decoder) step(c byte) Key {
	switch d.state {
	case afterCR:
		// Enter is CR, CR LF or, in telnet, CR NUL: one key each.
		d.state = ground
		if c == '\n' || c == 0 {
			return 0
		}
	case afterEsc:
		return d.escape(c)
	case inCSI:
		return d.csi(c)
	case inSS3:
		d.state = ground
		return arrow(c)
	case swallowOne:
		d.state = ground
		return 0
	}
	return d.ground(c)
}

func (d *Decoder) ground(c byte) Key {
	if len(d.pending) > 0 || c >= 0x80 {
		return d.rune(c)
	}
	switch {
	case c == 0x1b:
		d.state = afterEsc
		return 0
	case c == '\r':
		d.state = afterCR
		return Enter
	case c < 0x20 || c == 0x7f:
		return control(c)
	}
	return Key(c)
}

// rune collects a character of several bytes.
func (d *Decoder) rune(c byte) Key {
	if c < 0x80 || utf8.RuneStart(c) {
		// The character before was cut short: it is lost, this byte isn't.
		d.pending = d.pending[:0]
		if c < 0x80 {
			return d.ground(c)
		}
	}
	d.pending = append(d.pending, c)
	if !utf8.FullRune(d.pending) {
		return 0
	}
	r, _ := utf8.DecodeRune(d.pending)
	d.pending = d.pending[:0]
	// C1 controls, and the keys that only this package may make.
	if r == utf8.RuneError || r < 0xa0 || Key(r) >= keyBase {
		return 0
	}
	return Key(r)
}

// escape is the byte behind ESC.
func (d *Decoder) escape(c byte) Key {
	d.state = ground
	switch c {
	case '[':
		d.state, d.params = inCSI, d.params[:0]
	case 'O':
		d.state = inSS3
	case 0x1b:
		d.state = afterEsc
	case 'b':
		return WordLeft
	case 'f':
		return WordRight
	case 'd':
		return DeleteWord
	case 0x7f, 8:
		return EraseWord
	case '\r', '\n', 3, 4:
		return d.ground(c)
	}
	return 0
}

// csi collects ESC [ parameters letter.
func (d *Decoder) csi(c byte) Key {
	switch {
	case c >= 0x20 && c < 0x40:
		if d.params = append(d.params, c); len(d.params) > maxParams {
			d.state = ground
		}
		return 0
	case c == '[' && len(d.params) == 0:
		d.state = swallowOne
		return 0
	case c < 0x20 || c >= 0x7f:
		// Not a sequence after all: what comes is itself again.
		d.state = ground
		return d.ground(c)
	}
	d.state = ground
	return csiKey(string(d.params), c)
}

func csiKey(params string, final byte) Key {
	number, modifier, _ := strings.Cut(params, ";")
	switch {
	case final == '~':
		switch number {
		case "1", "7":
			return Home
		case "4", "8":
			return End
		case "3":
			return Delete
		}
		return 0
	case final == 'C' && (modifier != "" || number == "5"):
		return WordRight
	case final == 'D' && (modifier != "" || number == "5"):
		return WordLeft
	}
	return arrow(final)
}

func arrow(c byte) Key {
	switch c {
	case 'A':
		return Up
	case 'B':
		return Down
	case 'C':
		return Right
	case 'D':
		return Left
	case 'H':
		return Home
	case 'F':
		return End
	case 'M':
		return Enter // the keypad's
	}
	return 0
}
