package bson

import (
	"encoding/binary"

	"devnode/runtime/library"
)

// DriverNames are those by which scripts require the messages of MongoDB: skynet's, and an older one.
var DriverNames = []string{"skynet.mongo.driver", "mongo.driver"}

// Driver is what require returns for one of the DriverNames.
func Driver(name string) library.Module {
	return library.Module{Name: name, Functions: map[string]library.Function{"op_msg": opMsg, "reply": reply, "length": length}}
}

const (
	opMessage  = 2013
	headerSize = 16 // behind the length: two ids, the kind of message, flags
)

// The flags of a message.
const (
	checksumPresent = 1 << 0
	moreToCome      = 1 << 1
)

// opMsg is driver.op_msg(id, flags, document): a message with its length before it.
func opMsg(c library.Call) {
	id, flags := c.Int(1), c.Int(2)
	d := documentOf(c.Arg(3))
	if d == nil {
		c.Raise("opmsg require cmd document")
	}
	b := binary.LittleEndian.AppendUint32(nil, uint32(4+headerSize+1+len(d.bytes)))
	for _, n := range []int64{id, 0, opMessage, flags} {
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	c.Return(library.String(string(append(append(b, 0), d.bytes...))))
}

// length is driver.length(four bytes): how many bytes of a message follow.
func length(c library.Call) {
	s := c.String(1)
	if len(s) < 4 {
		c.Raise("length: got %d bytes, want 4", len(s))
	}
	c.Return(library.Int(int64(int32(binary.LittleEndian.Uint32([]byte(s)))) - 4))
}

// reply is driver.reply(message without its length): whether it is one, the request that it answers, and its document.
func reply(c library.Call) {
	b := []byte(c.String(1))
	if len(b) < headerSize {
		c.Return(library.Bool(false))
		return
	}
	to, kind, flags := binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[8:]), binary.LittleEndian.Uint32(b[12:])
	switch {
	case kind != opMessage:
		c.Raise("Unsupported opcode:%d", int32(kind))
	case flags&checksumPresent != 0:
		c.Raise("Unsupported OP_MSG flag checksumPresent")
	case flags&^moreToCome != 0:
		c.Raise("Unsupported OP_MSG flag:%d", int32(flags))
	}
	b = b[headerSize:]
	if len(b) < 6 {
		c.Raise("Unsupported OP_MSG reply: no document")
	}
	if b[0] != 0 {
		c.Raise("Unsupported OP_MSG payload type: %d", b[0])
	}
	if int64(int32(binary.LittleEndian.Uint32(b[1:]))) != int64(len(b)-1) {
		c.Raise("Unsupported OP_MSG reply: >1 section")
	}
	c.Return(library.Bool(true), library.Int(int64(int32(to))), library.LightOf(&document{bytes: b[1:]}))
}
