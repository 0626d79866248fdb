package crypt

import (
	"encoding/binary"
	"math/bits"
)

// prime is the largest below 2^64, and generator the base, of skynet's key exchange.
const (
	prime     = 0xffffffffffffffc5
	generator = 5
)

const errZero = failure("Can't be 0")

// dhExchange is what one sends for a secret key of eight bytes.
func dhExchange(key string) ([]byte, error) {
	exponent := number(key)
	if exponent == 0 {
		return nil, errZero
	}
	return eightBytes(power(generator, exponent)), nil
}

// dhSecret is the secret both ends share: what the other end sent, and one's own key.
func dhSecret(sent, key string) ([]byte, error) {
	base, exponent := number(sent), number(key)
	if base == 0 || exponent == 0 {
		return nil, errZero
	}
	return eightBytes(power(base, exponent)), nil
}

// power is base to the exponent, which isn't 0, modulo the prime. The prime itself, as base, stays what it is for the exponent
// 1, as in skynet.
func power(base, exponent uint64) uint64 {
	if base > prime {
		base -= prime
	}
	result := base
	for bit := bits.Len64(exponent) - 2; bit >= 0; bit-- {
		result = times(result, result)
		if exponent>>bit&1 == 1 {
			result = times(result, base)
		}
	}
	return result
}

// times multiplies modulo the prime.
func times(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return bits.Rem64(high, low, prime)
}

func number(s string) uint64 { return binary.LittleEndian.Uint64([]byte(s)) }

func eightBytes(n uint64) []byte { return binary.LittleEndian.AppendUint64(nil, n) }
