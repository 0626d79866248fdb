package crypt

import (
	"crypto/md5"
	"encoding/binary"

	"devnode/runtime/library"
)

// hashKey is skynet's hash of a text into eight bytes: Bernstein's hash, then the JS hash, both little-endian.
func hashKey(call library.Call, text string) string {
	djb, js := uint32(5381), uint32(1315423911)
	for piece := range call.Pieces(text) {
		for i := range len(piece) {
			c := uint32(piece[i])
			djb += djb<<5 + c
			js ^= js<<5 + c + js>>2
		}
	}
	return words(djb, js)
}

// hmac64 is skynet's own code of a challenge x and a secret y: one block of MD5 that repeats both, without MD5's padding and
// without its last addition.
func hmac64(x, y string) string {
	var block [16]uint32
	for i := 0; i < len(block); i += 4 {
		block[i], block[i+1] = word(x, 4), word(x, 0)
		block[i+2], block[i+3] = word(y, 4), word(y, 0)
	}
	r := md5Rounds(&block)
	return words(r[2]^r[3], r[0]^r[1])
}

// hmac64MD5 is a code of x and y by the whole of MD5: both halves of the sum of what is x and y three times over, xored.
func hmac64MD5(x, y string) string {
	sum := md5.Sum([]byte(x + y + x + y + x + y))
	for i := range 8 {
		sum[i] ^= sum[8+i]
	}
	return string(sum[:8])
}

// hmacHash is hmac64 of a text's hash with a key.
func hmacHash(call library.Call, key, text string) string {
	return hmac64(hashKey(call, text), key)
}

// word reads four bytes, little-endian.
func word(s string, at int) uint32 {
	return binary.LittleEndian.Uint32([]byte(s[at : at+4]))
}

// words writes two words as eight bytes, little-endian.
func words(low, high uint32) string {
	var b [8]byte
	binary.LittleEndian.PutUint32(b[:], low)
	binary.LittleEndian.PutUint32(b[4:], high)
	return string(b[:])
}
