// Package skiplist is skiplist.c: members with scores, in order, of which the rank is known. It is what the Lua half of lua-zset, which
// is a file of a project's, zset.lua, requires.
//
// The members stand in blocks of some hundreds: what is found by a rank is found by the blocks' lengths, and one that comes or goes moves
// those of its block.
package skiplist
