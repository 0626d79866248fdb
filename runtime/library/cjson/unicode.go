package cjson

// codePoint reads \uXXXX, or two of these that are a surrogate pair, and how many bytes they take; 0 where they are wrong.
func (s *scanner) codePoint() (point rune, length int) {
	point = s.hex(s.at + 2)
	switch {
	case point < 0:
		return 0, 0
	case point&0xf800 != 0xd800:
		return point, 6
	case point&0x400 != 0 || s.look(s.at+6) != '\\' || s.look(s.at+7) != 'u':
		return 0, 0
	}
	low := s.hex(s.at + 8)
	if low < 0 || low&0xfc00 != 0xdc00 {
		return 0, 0
	}
	return (point&0x3ff<<10 | low&0x3ff) + 0x10000, 12
}

// hex reads four digits, -1 where they are none.
func (s *scanner) hex(at int) rune {
	n := rune(0)
	for i := range 4 {
		c := s.look(at + i)
		switch {
		case c >= '0' && c <= '9':
			n = n<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			n = n<<4 | rune(c|0x20-'a'+10)
		default:
			return -1
		}
	}
	return n
}
