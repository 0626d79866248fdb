package telnet

// Options is one side's account of what both sides agreed on. It answers only
// what changes that, as RFC 854 asks, so two sides never answer each other for
// ever. It isn't safe for concurrent use.
type Options struct {
	// Us and Them say which options this side, and the other, may turn on.
	Us, Them []byte

	us, them [256]state
}

type state byte

const (
	off state = iota
	asked
	on
	refused
)

// Will offers an option of ours, unless that is settled, and returns what to
// send for it.
func (o *Options) Will(option byte) []byte {
	if o.us[option] != off {
		return nil
	}
	o.us[option] = asked
	return []byte{IAC, WILL, option}
}

// Do asks the other side for an option of its own, unless that is settled.
func (o *Options) Do(option byte) []byte {
	if o.them[option] != off {
		return nil
	}
	o.them[option] = asked
	return []byte{IAC, DO, option}
}

// Asked notes that DO was sent for an option before there was an account of it.
func (o *Options) Asked(option byte) { o.them[option] = asked }

// Handle takes a WILL, WONT, DO or DONT and returns what to send back.
func (o *Options) Handle(e Event) []byte {
	switch e.Command {
	case DO:
		return answer(&o.us[e.Option], has(o.Us, e.Option), WILL, WONT, e.Option)
	case WILL:
		return answer(&o.them[e.Option], has(o.Them, e.Option), DO, DONT, e.Option)
	case DONT:
		return drop(&o.us[e.Option], WONT, e.Option)
	case WONT:
		return drop(&o.them[e.Option], DONT, e.Option)
	}
	return nil
}

// answer takes a request to turn an option on.
func answer(s *state, may bool, yes, no, option byte) []byte {
	before := *s
	switch {
	case before == on:
		return nil
	case !may && before != asked:
		// Refused once, that is enough: who asks again is in a loop.
		*s = refused
		if before == refused {
			return nil
		}
		return []byte{IAC, no, option}
	}
	*s = on
	if before == asked {
		return nil
	}
	return []byte{IAC, yes, option}
}

// drop takes a refusal or the end of an option.
func drop(s *state, no, option byte) []byte {
	before := *s
	*s = refused
	if before == on {
		return []byte{IAC, no, option}
	}
	return nil
}

// We tells whether an option of ours is on, and whether that is settled.
func (o *Options) We(option byte) (yes, settled bool) {
	return o.us[option] == on, o.us[option] == on || o.us[option] == refused
}

// They is We for an option of the other side.
func (o *Options) They(option byte) (yes, settled bool) {
	return o.them[option] == on, o.them[option] == on || o.them[option] == refused
}

func has(list []byte, option byte) bool {
	for _, o := range list {
		if o == option {
			return true
		}
	}
	return false
}
