// Package socketmsg is the form of messages of type socket: what happens to a socket, told to a service that handles these
// messages itself (skynet's struct skynet_socket_message). skynet.socketdriver and skynet.netpack read it.
package socketmsg

import "encoding/binary"

// Kind is what happened.
type Kind byte

// The kinds, with skynet's numbers. What ID, UD and Data mean of each:
const (
	Data    Kind = 1 // ID has received Data, of UD bytes
	Connect Kind = 2 // ID is open: Data is its address and UD its port, or Data is "start" or "transfer"
	Close   Kind = 3 // ID is closed
	Accept  Kind = 4 // ID has accepted UD, from the address Data
	Error   Kind = 5 // ID has failed, by Data
	UDP     Kind = 6 // ID has received the datagram Data, of UD bytes, from Address
	Warning Kind = 7 // UD kilobytes wait to be sent to ID
)

// Message is one event. The zero Message is none.
type Message struct {
	Kind    Kind
	ID, UD  int
	Data    string
	Address string // of a datagram's sender, as bytes
}

// head is how many bytes stand before the address and the data.
const head = 1 + 8 + 8 + 1

// Encode writes a message as bytes.
func (m Message) Encode() string {
	b := make([]byte, head, head+len(m.Address)+len(m.Data))
	b[0] = byte(m.Kind)
	binary.LittleEndian.PutUint64(b[1:], uint64(m.ID))
	binary.LittleEndian.PutUint64(b[9:], uint64(m.UD))
	b[17] = byte(len(m.Address))
	return string(append(append(b, m.Address...), m.Data...))
}

// Decode reads what Encode wrote. It is false for any other text.
func Decode(s string) (m Message, ok bool) {
	if len(s) < head || s[0] < byte(Data) || s[0] > byte(Warning) || len(s) < head+int(s[17]) {
		return Message{}, false
	}
	address := head + int(s[17])
	return Message{
		Kind: Kind(s[0]), ID: int(binary.LittleEndian.Uint64([]byte(s[1:9]))), UD: int(binary.LittleEndian.Uint64([]byte(s[9:17]))),
		Address: s[head:address], Data: s[address:],
	}, true
}
