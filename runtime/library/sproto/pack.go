package sproto

// pack packs bytes: of each eight those that aren't 0, with a byte before them that says which these are; where all eight aren't
// 0, 0xff, how many such eights there are less one, and them. Six or seven of eight count as all within such.
func pack(src []byte) []byte {
	out := make([]byte, 0, len(src)+len(src)/2048*2+4)
	full := -1 // where in out the eights that are written whole begin
	for i := 0; i < len(src); i += 8 {
		var eight [8]byte
		copy(eight[:], src[i:])
		bits, some := byte(0), 0
		for j, b := range eight {
			if b != 0 {
				bits |= 1 << j
				some++
			}
		}
		switch {
		case full >= 0 && some >= 6:
			out = append(out, eight[:]...)
			if out[full+1]++; out[full+1] == 255 {
				full = -1
			}
		case some == 8:
			full = len(out)
			out = append(out, 0xff, 0)
			out = append(out, eight[:]...)
		default:
			full = -1
			out = append(out, bits)
			for _, b := range eight {
				if b != 0 {
					out = append(out, b)
				}
			}
		}
	}
	return out
}

// unpack is what was packed, with zeros up to a multiple of eight bytes. It is false for what wasn't, and for more than the
// greatest size.
func unpack(src []byte) (out []byte, ok bool) {
	out = make([]byte, 0, 2*len(src))
	for len(src) > 0 {
		bits := src[0]
		src = src[1:]
		if bits == 0xff {
			if len(src) == 0 {
				return nil, false
			}
			n := (int(src[0]) + 1) * 8
			if len(src) < n+1 {
				return nil, false
			}
			out = append(out, src[1:n+1]...)
			src = src[n+1:]
			continue
		}
		for j := range 8 {
			if bits>>j&1 == 0 {
				out = append(out, 0)
				continue
			}
			if len(src) == 0 {
				return nil, false
			}
			out = append(out, src[0])
			src = src[1:]
		}
	}
	return out, true
}
