package cjson

import (
	"math"
	"strconv"
	"strings"
)

// unusualNumber tells whether a text begins with what C reads as a number, and JSON doesn't know: a plus, leading zeros, hex,
// infinities, no number.
func unusualNumber(s string) bool {
	if strings.HasPrefix(s, "+") {
		return true
	}
	s = strings.TrimPrefix(s, "-")
	if strings.HasPrefix(s, "0") {
		return len(s) > 1 && (s[1]|0x20 == 'x' || s[1] >= '0' && s[1] <= '9')
	}
	return hasWord(s, "inf") || hasWord(s, "nan")
}

func hasWord(s, word string) bool {
	return len(s) >= len(word) && strings.EqualFold(s[:len(word)], word)
}

// number scans a number as C's strtoll does, or where that stops before a fraction or an exponent, as strtod.
func (s *scanner) number() token {
	t := token{at: s.at}
	rest := s.text[s.at:]
	sign := 0
	if rest[0] == '-' || rest[0] == '+' {
		sign = 1
	}
	n := sign + digits(rest[sign:])
	if n > pieceSize { // which take long to be converted
		s.poll()
	}
	if n == sign || n < len(rest) && strings.IndexByte(".eEx", rest[n]) >= 0 {
		return s.float(rest, sign)
	}
	t.kind = integer
	// Out of range it is the limit that ParseInt returns, as strtoll does.
	t.integer, _ = strconv.ParseInt(rest[:n], 10, 64)
	s.at += n
	return t
}

// float scans the longest text that C reads as a floating number.
func (s *scanner) float(rest string, sign int) token {
	t := token{kind: float, at: s.at}
	negative, body := rest[:sign] == "-", rest[sign:]
	n := 0
	switch {
	case hasWord(body, "infinity"):
		t.float, n = math.Inf(1), len("infinity")
	case hasWord(body, "inf"):
		t.float, n = math.Inf(1), len("inf")
	case hasWord(body, "nan"):
		t.float, n = math.NaN(), len("nan")
	case len(body) > 1 && body[0] == '0' && body[1]|0x20 == 'x':
		t.float, n = hexFloat(body)
	default:
		n = decimalLength(body)
		t.float, _ = strconv.ParseFloat(body[:n], 64)
	}
	if n == 0 {
		return s.wrong("invalid number")
	}
	if negative {
		t.float = -t.float
	}
	s.at += sign + n
	return t
}

// decimalLength is how long the decimal number at the beginning of a text is.
func decimalLength(s string) int {
	n := digits(s)
	some := n > 0
	if n < len(s) && s[n] == '.' {
		fraction := digits(s[n+1:])
		if some = some || fraction > 0; some {
			n += 1 + fraction
		}
	}
	if !some {
		return 0
	}
	return n + exponentLength(s[n:], 'e')
}

// exponentLength is how long the exponent at the beginning of a text is.
func exponentLength(s string, letter byte) int {
	if s == "" || s[0]|0x20 != letter {
		return 0
	}
	n := 1
	if n < len(s) && (s[n] == '-' || s[n] == '+') {
		n++
	}
	if d := digits(s[n:]); d > 0 {
		return n + d
	}
	return 0
}

// hexFloat reads what begins with 0x. Without a digit behind that it is the 0 alone.
func hexFloat(s string) (f float64, length int) {
	n := 2
	whole := hexDigits(s[n:])
	n += whole
	fraction := 0
	if n < len(s) && s[n] == '.' {
		if fraction = hexDigits(s[n+1:]); fraction+whole > 0 {
			n += 1 + fraction
		}
	}
	if whole+fraction == 0 {
		return 0, 1
	}
	exponent := exponentLength(s[n:], 'p')
	number := s[:n+exponent]
	if exponent == 0 {
		number += "p0" // Go wants one
	}
	f, _ = strconv.ParseFloat(number, 64)
	return f, n + exponent
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

func hexDigits(s string) int {
	n := 0
	for n < len(s) && (s[n] >= '0' && s[n] <= '9' || s[n]|0x20 >= 'a' && s[n]|0x20 <= 'f') {
		n++
	}
	return n
}
