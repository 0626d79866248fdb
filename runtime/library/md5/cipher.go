package md5

import (
	"crypto/md5"
	"errors"
	"fmt"

	"devnode/runtime/library"
)

// maxKey and md5.Size bound the key and the seed of crypt, in bytes.
const maxKey = 256

// pollEvery is after how many bytes the service may be ended, or interrupted.
const pollEvery = 4096 * md5.Size

var errCyphered = errors.New("invalid cyphered string")

// crypt encrypts a message with MD5 as a stream cipher with feedback. The seed and its length stand before the result, so
// that decrypt needs only the key.
func crypt(c library.Call, message, key, seed string) ([]byte, error) {
	if len(seed) > md5.Size {
		return nil, fmt.Errorf("seed too long (> %d)", md5.Size)
	}
	block, err := firstBlock(key, seed)
	if err != nil {
		return nil, err
	}
	result := append(make([]byte, 0, 1+len(seed)+len(message)), byte(len(seed)))
	result = append(result, seed...)
	return stream(c, result, block, message, func(_, out []byte) []byte { return out }), nil
}

// decrypt is what crypt encrypted with this key; with another key it is noise.
func decrypt(c library.Call, text, key string) ([]byte, error) {
	if text == "" || int(text[0]) > md5.Size || len(text) < int(text[0])+1 {
		return nil, errCyphered
	}
	seed, text := text[1:1+text[0]], text[1+text[0]:]
	block, err := firstBlock(key, seed)
	if err != nil {
		return nil, err
	}
	return stream(c, nil, block, text, func(in, _ []byte) []byte { return in }), nil
}

// firstBlock is the seed, filled with zeros, and the key behind it.
func firstBlock(key, seed string) ([]byte, error) {
	if len(key) > maxKey {
		return nil, fmt.Errorf("key too long (> %d)", maxKey)
	}
	block := make([]byte, md5.Size, md5.Size+len(key))
	copy(block, seed)
	return append(block, key...), nil
}

// stream appends text, each block of it combined with the digest of the cipher text
// before: next says which of what went in and came out that is.
func stream(c library.Call, result, block []byte, text string, next func(in, out []byte) []byte) []byte {
	for at := 0; at < len(text); at += md5.Size {
		if at%pollEvery == 0 {
			c.Poll()
		}
		code := md5.Sum(block)
		in := []byte(text[at:min(at+md5.Size, len(text))])
		out := code[:len(in)]
		for i := range in {
			out[i] ^= in[i]
		}
		result = append(result, out...)
		copy(block, next(in, out))
	}
	return result
}
