// Package sproto is sproto.core and sprotoparser for Lua services: a protocol whose types are described in a text, its
// messages as bytes, and a packing of bytes with many zeros.
//
// A protocol (Protocol) comes from the bytes that the parser makes of a text. It never changes and services share it, by
// slots of the node. Where the service that filled a slot does so again, as its new code does after a save, those that use
// the slot have the new protocol from then on.
package sproto
