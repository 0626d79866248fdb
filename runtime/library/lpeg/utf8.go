package lpeg

// utfLength is how many bytes a code point takes. Surrogates count, as in lpeg.
func utfLength(r rune) int {
	switch {
	case r <= 0x7f:
		return 1
	case r <= 0x7ff:
		return 2
	case r <= 0xffff:
		return 3
	}
	return 4
}

func firstByte(r rune) byte {
	switch utfLength(r) {
	case 1:
		return byte(r)
	case 2:
		return 0xc0 | byte(r>>6)
	case 3:
		return 0xe0 | byte(r>>12)
	}
	return 0xf0 | byte(r>>18)
}

// decode is the code point at the beginning of a text, and how many bytes it takes: 0 where there is none. It must be in its
// shortest form; surrogates are code points.
func decode(s string) (r rune, size int) {
	if s == "" {
		return 0, 0
	}
	c := s[0]
	switch {
	case c < 0x80:
		return rune(c), 1
	case c < 0xc0:
		return 0, 0
	case c < 0xe0:
		size, r = 2, rune(c&0x1f)
	case c < 0xf0:
		size, r = 3, rune(c&0x0f)
	case c < 0xf8:
		size, r = 4, rune(c&0x07)
	default:
		return 0, 0
	}
	if len(s) < size {
		return 0, 0
	}
	for i := 1; i < size; i++ {
		if s[i]&0xc0 != 0x80 {
			return 0, 0
		}
		r = r<<6 | rune(s[i]&0x3f)
	}
	if utfLength(r) != size || r > 0x10ffff {
		return 0, 0
	}
	return r, size
}
