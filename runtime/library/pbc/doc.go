// Package pbc is protobuf.c: what the Lua half of pbc, which is a file of a project's, protobuf.lua, requires.
//
// An environment holds types; it may be used by many services, which hand it to each other as a light userdata. The first one that
// the new code of a service makes has the types that the old one's had, until it registers files of the same names.
package pbc
