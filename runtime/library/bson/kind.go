package bson

// The types of values in a document.
const (
	kindDouble    = 1
	kindString    = 2
	kindDocument  = 3
	kindArray     = 4
	kindBinary    = 5
	kindObjectID  = 7
	kindBoolean   = 8
	kindDate      = 9
	kindNull      = 10
	kindRegex     = 11
	kindDBPointer = 12
	kindCode      = 13
	kindSymbol    = 14
	kindScope     = 15
	kindInt32     = 16
	kindTimestamp = 17
	kindInt64     = 18
	kindMaxKey    = 127
	kindMinKey    = 255
)

// special is a value of a type that Lua doesn't have.
func special(kind byte, value ...byte) string { return string([]byte{0, kind}) + string(value) }

// document is what a bson object holds.
type document struct {
	bytes []byte
	index map[string]place // by makeindex
}

// place is where a value of a fixed size stands.
type place struct {
	kind byte
	at   int
}
