package crypt

import (
	"math"
	"math/bits"
)

// md5Shifts are by how much each of the four rounds of MD5 turns its words (RFC 1321, 3.4).
var md5Shifts = [4][4]int{{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}

// md5Sines is the table T of RFC 1321: 2^32 times the sines of 1 to 64.
var md5Sines = func() (t [64]uint32) {
	for i := range t {
		t[i] = uint32(math.Abs(math.Sin(float64(i+1))) * (1 << 32))
	}
	return t
}()

// md5Rounds is MD5's work on one block, from its first state, without the addition that ends it. Go's crypto/md5 has no way to
// leave that out.
func md5Rounds(block *[16]uint32) [4]uint32 {
	a, b, c, d := uint32(0x67452301), uint32(0xefcdab89), uint32(0x98badcfe), uint32(0x10325476)
	for i := range 64 {
		var f uint32
		var at int
		switch i / 16 {
		case 0:
			f, at = b&c|^b&d, i
		case 1:
			f, at = d&b|^d&c, 5*i+1
		case 2:
			f, at = b^c^d, 3*i+5
		default:
			f, at = c^(b|^d), 7*i
		}
		turned := bits.RotateLeft32(a+f+md5Sines[i]+block[at%16], md5Shifts[i/16][i%4])
		a, b, c, d = d, b+turned, b, c
	}
	return [4]uint32{a, b, c, d}
}
