// Package editor edits lines on a terminal that may be far away and may send
// anything: it makes github.com/chzyer/readline safe to put behind a connection.
//
// Handed a connection, that library can be crashed (^T, ^R with no history),
// stopped (^Z), sent into an endless loop (a window of no width) and raced
// against (its writer and its resizing are called from other goroutines). So
// here it never sees the connection:
//
//   - [Decoder] turns bytes into keys and drops what isn't one;
//   - an [Editor] hands it one key at a time, a key only after the one before
//     was dealt with, and none between two lines;
//   - what other goroutines want to write, and a new width of the window, reach
//     it as keys of their own, so all of it happens on the library's goroutine;
//   - when the connection ends, so does the library, and [Editor.Close] returns
//     when nothing of it is left.
//
// [History] is kept beside it, since the library's own file loses its mode.
package editor
