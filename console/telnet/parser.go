package telnet

// Event is what a client sent between its data.
type Event struct {
	// Command is WILL, WONT, DO or DONT with an Option; SB with an Option and
	// the Data of its subnegotiation; or a command that stands alone.
	Command byte
	Option  byte
	Data    []byte
}

// maxSub bounds a subnegotiation; a longer one is dropped whole.
const maxSub = 128 << 10

// Parser separates data from commands, across any boundaries between reads. The
// zero value is ready. It isn't safe for concurrent use.
type Parser struct {
	state  parseState
	option byte
	verb   byte
	sub    []byte
	over   bool // the subnegotiation is too long
}

type parseState int

const (
	inData parseState = iota
	afterIAC
	afterVerb
	afterSB
	inSub
	afterSubIAC
)

// Parse returns the data among the bytes, and the events in their order. An
// event's place among the data is lost, which no client here depends on.
func (p *Parser) Parse(b []byte) (data []byte, events []Event) {
	for _, c := range b {
		switch p.state {
		case inData:
			if c == IAC {
				p.state = afterIAC
			} else {
				data = append(data, c)
			}
		case afterIAC:
			if c == IAC {
				data = append(data, IAC)
				p.state = inData
			} else if e, ok := p.command(c); ok {
				events = append(events, e)
			}
		case afterVerb:
			events = append(events, Event{Command: p.verb, Option: c})
			p.state = inData
		case afterSB:
			p.option, p.sub, p.over = c, nil, false
			p.state = inSub
		case inSub:
			if c == IAC {
				p.state = afterSubIAC
			} else {
				p.collect(c)
			}
		case afterSubIAC:
			if e, ok := p.endSub(c); ok {
				events = append(events, e)
			}
		}
	}
	return data, events
}

// command is the byte behind IAC.
func (p *Parser) command(c byte) (Event, bool) {
	p.state = inData
	switch {
	case c >= WILL:
		p.verb, p.state = c, afterVerb
		return Event{}, false
	case c == SB:
		p.state = afterSB
		return Event{}, false
	}
	return Event{Command: c}, c != NOP && c != SE && c != GA
}

func (p *Parser) collect(c byte) {
	if len(p.sub) == maxSub {
		p.sub, p.over = nil, true
	}
	if !p.over {
		p.sub = append(p.sub, c)
	}
}

// endSub is the byte behind an IAC inside a subnegotiation: a doubled 255, its
// end, or, from a client that lost its place, a command that ends it too.
func (p *Parser) endSub(c byte) (Event, bool) {
	if c == IAC {
		p.collect(IAC)
		p.state = inSub
		return Event{}, false
	}
	e := Event{Command: SB, Option: p.option, Data: p.sub}
	good := c == SE && !p.over
	p.sub = nil
	if c == SE {
		p.state = inData
		return e, good
	}
	return p.command(c)
}

// Escape doubles the bytes 255 in data, as they must be on the way out.
func Escape(data []byte) []byte {
	n := 0
	for _, c := range data {
		if c == IAC {
			n++
		}
	}
	if n == 0 {
		return data
	}
	out := make([]byte, 0, len(data)+n)
	for _, c := range data {
		if out = append(out, c); c == IAC {
			out = append(out, IAC)
		}
	}
	return out
}

// Sub is a whole subnegotiation.
func Sub(option byte, data []byte) []byte {
	out := append([]byte{IAC, SB, option}, Escape(data)...)
	return append(out, IAC, SE)
}

// WindowSize reads a NAWS subnegotiation; ok is false for one that is no size.
func WindowSize(data []byte) (width, height int, ok bool) {
	if len(data) != 4 {
		return 0, 0, false
	}
	return int(data[0])<<8 | int(data[1]), int(data[2])<<8 | int(data[3]), true
}

// SizeSub is the NAWS subnegotiation of a size, for a client.
func SizeSub(width, height int) []byte {
	return Sub(NAWS, []byte{byte(width >> 8), byte(width), byte(height >> 8), byte(height)})
}
