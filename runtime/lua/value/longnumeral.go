package value

import "strconv"

// strconv takes seconds for a numeral of 200 MB, and a copy of it for its error; of
// more than 800 digits with no point it forgets how many they were.
// More than 767 digits never decide how a double is rounded, but whether there is
// anything behind them does.
const (
	longNumeral = 780 // bytes, from there on a decimal numeral is shortened first
	significant = 780 // digits that stay
)

// shorten gives a decimal numeral the form of at most so many digits and an
// exponent, which reads as the same number. It is false for what is no numeral.
func shorten(s string, digits int) (string, bool) {
	short := make([]byte, 0, digits+32)
	exponent, seen, point, more := int64(0), false, false, false
	i := 0
	for ; i < len(s); i++ {
		c := s[i]
		if c == '.' && !point {
			point = true
			continue
		}
		if !isDigit(c) {
			break
		}
		seen = true
		switch {
		case len(short) == 0 && c == '0':
		case len(short) < digits:
			short = append(short, c)
		default:
			more = more || c != '0'
			exponent++
		}
		if point {
			exponent--
		}
	}
	written, ok := exponentOf(s[i:])
	if !seen || !ok {
		return "", false
	}
	if len(short) == 0 {
		return "0", true
	}
	if more {
		short = append(short, '1')
		exponent--
	}
	return string(strconv.AppendInt(append(short, 'e'), exponent+written, 10)), true
}

// exponentOf reads what stands behind the digits: nothing, or e, a sign and digits.
// One that is beyond all doubles is as large as they need it, whatever it is.
func exponentOf(s string) (int64, bool) {
	const most = 1 << 40
	if s == "" {
		return 0, true
	}
	if s[0]|0x20 != 'e' {
		return 0, false
	}
	s = s[1:]
	negative := s != "" && s[0] == '-'
	if s != "" && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	n := int64(0)
	for i := range len(s) {
		if !isDigit(s[i]) {
			return 0, false
		}
		n = min(n*10+int64(s[i]-'0'), most)
	}
	if negative {
		n = -n
	}
	return n, s != ""
}
