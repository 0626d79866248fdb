package lpeg

// charset is a set of bytes.
type charset [4]uint64

func (s *charset) has(c byte) bool { return s[c>>6]>>(c&63)&1 != 0 }

func (s *charset) add(c byte) { s[c>>6] |= 1 << (c & 63) }

func (s *charset) addRange(from, to byte) {
	for c := int(from); c <= int(to); c++ {
		s.add(byte(c))
	}
}

var full = charset{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}

func (s charset) union(t charset) charset {
	for i := range s {
		s[i] |= t[i]
	}
	return s
}

func (s charset) intersect(t charset) charset {
	for i := range s {
		s[i] &= t[i]
	}
	return s
}

func (s charset) complement() charset {
	for i := range s {
		s[i] = ^s[i]
	}
	return s
}

func (s charset) disjoint(t charset) bool { return s.intersect(t) == charset{} }

// single is the only byte of a set, if it has just one.
func (s *charset) single() (c byte, ok bool) {
	count := 0
	for i := range 256 {
		if s.has(byte(i)) {
			c = byte(i)
			count++
		}
	}
	return c, count == 1
}

// setNode is the pattern of a set of bytes in its simplest form.
func setNode(s charset) *node {
	if s == (charset{}) {
		return &node{kind: never, size: 1}
	}
	if s == full {
		return anyNode(1)
	}
	if c, ok := s.single(); ok {
		return textNode(string([]byte{c}))
	}
	return &node{kind: set, set: s, size: 1}
}
