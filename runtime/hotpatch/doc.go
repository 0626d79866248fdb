// Package hotpatch gives a running Lua program the code of a newer text of its
// files, in its living VM.
//
// A program knows two things of each file that it has loaded: the text, and the
// run of its chunk (Instance). Of an old and a new text package syntax says which
// functions, variables and statements are the same, changed, new or gone; this
// package decides what that means for the values that live.
package hotpatch
