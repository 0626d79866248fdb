package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// marshal writes one JSON document on one line, with no byte in it that a
// terminal would act on: encoding/json leaves DEL and C1 controls alone.
func marshal(doc any) []byte {
	b, err := encode(doc)
	if err != nil {
		b, _ = encode("encode: " + err.Error())
	}
	return append(escapeJSON(b), '\n')
}

// encode is json.Marshal without its care for HTML, which would spell out every
// < of a Lua error.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), err
}

// escapeJSON spells out, as \uNNNN, the characters that JSON allows raw but a
// terminal may act on.
func escapeJSON(doc []byte) []byte {
	if clean(string(doc)) {
		return doc
	}
	var b bytes.Buffer
	for _, r := range string(doc) {
		if r == 0x7f || r >= 0x80 && r < 0xa0 || hidden(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.Bytes()
}

// object is a JSON object that keeps the order of its members.
type object []member

type member struct {
	name  string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		v, err := encode(m.value)
		if err != nil {
			return nil, err
		}
		b = append(append(strconv.AppendQuote(b, m.name), ':'), v...)
	}
	return append(b, '}'), nil
}
