package editor

// Key is a character, a control key under its ASCII code, or one of the keys
// below, which live in a corner of Unicode that nobody types.
type Key rune

// Keys that the library has no safe code for.
const (
	keyBase   Key = 0x10ff00 + iota
	Enter         // submits the line
	Interrupt     // ^C
	EOF           // ^D: deletes ahead, or ends the input on an empty line
	Delete        // the key Delete, which must not end the input
	WordLeft
	WordRight
	DeleteWord // ahead
	EraseWord  // behind

	wake   // other goroutines have something to print
	resize // the window has another width
	paste  // several characters at once
	keyEnd
)

// Control keys that the editor understands.
const (
	Home      Key = 1  // ^A
	Left      Key = 2  // ^B
	End       Key = 5  // ^E
	Right     Key = 6  // ^F
	Cancel    Key = 7  // ^G
	Backspace Key = 8  // ^H
	Tab       Key = 9  // ^I
	KillLine  Key = 11 // ^K
	Clear     Key = 12 // ^L
	Down      Key = 14 // ^N
	Up        Key = 16 // ^P
	Search    Key = 18 // ^R
	SearchFwd Key = 19 // ^S
	KillFront Key = 21 // ^U
	KillWord  Key = 23 // ^W
	Yank      Key = 25 // ^Y
)

// printable tells a character from a control key.
func (k Key) printable() bool {
	return k >= 0x20 && k != 0x7f && (k < keyBase || k > keyEnd)
}

// control maps a control byte to its key, 0 for those that do nothing here: ^Z
// would stop the process, ^T and others crash the library.
func control(b byte) Key {
	switch b {
	case 1, 2, 5, 6, 7, 8, 9, 11, 12, 14, 16, 18, 19, 21, 23, 25:
		return Key(b)
	case 0x7f:
		return Backspace
	case 3:
		return Interrupt
	case 4:
		return EOF
	case '\r', '\n':
		return Enter
	}
	return 0
}
