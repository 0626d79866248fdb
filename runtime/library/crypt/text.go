package crypt

import (
	"fmt"

	"devnode/runtime/library"
)

// hexDecode reads pairs of digits in lower case. It takes a g for 16, as skynet does.
func hexDecode(c library.Call, text string) ([]byte, error) {
	if len(text)%2 != 0 {
		return nil, failure(fmt.Sprintf("Invalid hex text size %d", len(text)))
	}
	decoded := make([]byte, 0, len(text)/2)
	for piece := range c.Pieces(text) {
		for i := 0; i < len(piece); i += 2 {
			high, low := hexDigit(piece[i]), hexDigit(piece[i+1])
			if high > 16 || low > 16 {
				return nil, failure("Invalid hex text")
			}
			decoded = append(decoded, high<<4|low)
		}
	}
	return decoded, nil
}

func hexDigit(c byte) byte {
	if c >= '0' && c <= '9' {
		return c - '0'
	}
	return c - 'a' + 10
}

// What base64Value says of a byte that isn't a digit.
const (
	base64Skipped = -1
	base64Padding = -2
)

const errBase64 = failure("Invalid base64 text")

// base64Decode reads base64 as skynet does: bytes that aren't digits are skipped, padding at the end may be missing, what
// padding leaves of a digit is 0, and text may go on after padding. encoding/base64 refuses the first and the last.
func base64Decode(c library.Call, text string) ([]byte, error) {
	decoded := make([]byte, 0, (len(text)+3)/4*3)
	for at, groups := 0, 1; at < len(text); groups++ {
		if groups%pollEvery == 0 {
			c.Poll()
		}
		var group [4]int
		padding := 0
		for n := 0; n < len(group); at++ {
			v := base64Padding
			if at < len(text) {
				v = base64Value(text[at])
			}
			if v == base64Skipped {
				continue
			}
			if v == base64Padding {
				padding++
			}
			group[n] = v
			n++
		}
		bytes, ok := base64Group(group, padding)
		if !ok {
			return nil, errBase64
		}
		decoded = append(decoded, bytes[:3-padding]...)
	}
	return decoded, nil
}

// pollEvery is after how many groups of digits the service may be ended, or interrupted.
const pollEvery = 16 << 10

// base64Group decodes four digits, of which the last ones may be padding. ok is false where padding stands elsewhere, or
// the digit before it has bits too many.
func base64Group(group [4]int, padding int) (bytes [3]byte, ok bool) {
	for i, v := range group {
		if (v == base64Padding) != (i >= 4-padding) {
			return bytes, false
		}
	}
	switch padding {
	case 0:
	case 1:
		ok = group[2]&3 == 0
		group[3] = 0
	case 2:
		ok = group[1]&15 == 0
		group[2], group[3] = 0, 0
	default:
		return bytes, false
	}
	v := group[0]<<18 | group[1]<<12 | group[2]<<6 | group[3]
	return [3]byte{byte(v >> 16), byte(v >> 8), byte(v)}, ok || padding == 0
}

func base64Value(c byte) int {
	switch {
	case c >= 'A' && c <= 'Z':
		return int(c - 'A')
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 26
	case c >= '0' && c <= '9':
		return int(c-'0') + 52
	case c == '+':
		return 62
	case c == '/':
		return 63
	case c == '=':
		return base64Padding
	}
	return base64Skipped
}

// xorText xors a text with another one, again and again.
func xorText(c library.Call, text, with string) ([]byte, error) {
	if with == "" {
		return nil, failure("Can't xor empty string")
	}
	result := make([]byte, 0, len(text))
	for piece := range c.Pieces(text) {
		for i := range len(piece) {
			result = append(result, piece[i]^with[len(result)%len(with)])
		}
	}
	return result, nil
}
