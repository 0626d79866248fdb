package actor

// Message is one entry of a mailbox. It owns its data.
type Message struct {
	Source  Handle
	Session int32
	Type    PType
	Data    *Data
}
