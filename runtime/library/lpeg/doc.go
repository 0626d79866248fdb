// Package lpeg is lpeg 1.1 for Lua services: parsing expression grammars, compiled for a small machine that goes through the
// subject. A match can be interrupted like any Lua code; what never would end is refused when the pattern is made, in lpeg's
// words.
//
// A pattern is a tree (node) until it is first matched, which compiles it (program). The machine (match) writes a list of
// captures, of which the values are made when it is through (evaluator).
package lpeg
