// Package value has Lua 5.4's two kinds of numbers on gopher-lua, which knows
// one: all that reads, makes, computes or prints a number goes through it.
//
// A number that gopher-lua's own kind can hold exactly stays one. A lua.LNumber
// that is whole and within ±2^53 is an integer, any other a float. Only what is
// left has a kind of its own: Int, an integer beyond ±2^53, and Float, a float
// that is whole and within ±2^53, such as 3.0. So what Go code makes as an
// LNumber is the integer, or the fraction, that it looks like; indexes and
// counters cost what they did.
//
//	value.OfInt(1 << 60)       // Int
//	value.OfFloat(10.0 / 2)    // Float: it prints 5.0
//	i, ok := value.ToInt(v)    // any number that has an integer value
//	f, ok := value.ToFloat(v)  // any number
//
// OfInt and OfFloat give each number its one form, so that == tells whether two
// values are the same number of the same kind. The readers take every form: an
// Int that is small, a Float that is a fraction.
//
// As a key of a table a number is Key(v): 3.0 and 2^53 are the keys 3 and
// 9007199254740992.
//
// A Go function that knows these kinds is made by Function. To any other that a
// script calls, numbers are LNumbers: an integer beyond 2^53 is rounded there.
package value
