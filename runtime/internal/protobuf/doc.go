// Package protobuf reads and writes the wire format of Protocol Buffers, and reads the descriptions of messages that protoc makes.
// It knows nothing of Lua: package pb and package pbc make tables of messages by it.
//
// It isn't made of google.golang.org/protobuf: the libraries in C that those packages stand for take descriptions and messages which
// that refuses (types that aren't there, fields that are described anew, varints that are too long, bytes behind the last field), and
// what is wanted of a message is a Lua table, which is made of the bytes at once.
package protobuf
