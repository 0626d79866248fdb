package crypt

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"hash"

	"devnode/runtime/library"
)

// Names are those by which scripts require the module: skynet's, and two older ones.
var Names = []string{"skynet.crypt", "client.crypt", "crypt"}

// Module is what require returns for one of the Names.
func Module(name string) library.Module {
	return library.Module{
		Name: name,
		Functions: map[string]library.Function{
			"hashkey":      func(c library.Call) { c.Return(library.String(hashKey(c, c.String(1)))) },
			"randomkey":    func(c library.Call) { c.Return(library.String(randomKey())) },
			"desencode":    func(c library.Call) { desCall(c, desEncode) },
			"desdecode":    func(c library.Call) { desCall(c, desDecode) },
			"hexencode":    func(c library.Call) { encoded(c, 2, hex.AppendEncode) },
			"hexdecode":    func(c library.Call) { answer(c)(hexDecode(c, c.String(1))) },
			"base64encode": func(c library.Call) { encoded(c, 2, base64.StdEncoding.AppendEncode) },
			"base64decode": func(c library.Call) { answer(c)(base64Decode(c, c.String(1))) },
			"hmac64":       func(c library.Call) { c.Return(library.String(hmac64(two(c)))) },
			"hmac64_md5":   func(c library.Call) { c.Return(library.String(hmac64MD5(two(c)))) },
			"hmac_hash": func(c library.Call) {
				key := eight(c, 1, "Invalid uint64 key")
				c.Return(library.String(hmacHash(c, key, c.String(2))))
			},
			"dhexchange": func(c library.Call) { answer(c)(dhExchange(eight(c, 1, "Invalid dh uint64 key"))) },
			"dhsecret":   func(c library.Call) { answer(c)(dhSecret(two(c))) },
			"sha1": func(c library.Call) {
				sum := sha1.New()
				write(c, sum, c.String(1))
				c.Return(library.Bytes(sum.Sum(nil)))
			},
			"hmac_sha1": func(c library.Call) {
				code := hmac.New(sha1.New, shortKey(c, c.String(1)))
				write(c, code, c.String(2))
				c.Return(library.Bytes(code.Sum(nil)))
			},
			"xor_str": func(c library.Call) { answer(c)(xorText(c, c.String(1), c.String(2))) },
		},
		Open: func(c library.Call, module library.Table) {
			modes := c.NewTable(0, len(paddingNames))
			for mode, name := range paddingNames {
				modes.SetField(name, library.Int(int64(mode)))
			}
			module.SetField("padding", modes.Value())
		},
	}
}

// answer returns a function that returns a text to Lua, or raises the error.
func answer(c library.Call) func(text []byte, err error) {
	return func(text []byte, err error) {
		if err != nil {
			c.Raise("%s", err)
		}
		c.Return(library.Bytes(text))
	}
}

// encoded returns what encode appends for the argument. growth is how many times as long
// that is, at the most.
func encoded(c library.Call, growth int, encode func(to, from []byte) []byte) {
	text := c.String(1)
	result := make([]byte, 0, growth*len(text)+4)
	for piece := range c.Pieces(text) {
		result = encode(result, []byte(piece))
	}
	c.Return(library.Bytes(result))
}

// write adds a text to a sum.
func write(c library.Call, sum hash.Hash, text string) {
	for piece := range c.Pieces(text) {
		sum.Write([]byte(piece))
	}
}

// shortKey is what stands for a key of HMAC: the sum of one that is longer than a block.
func shortKey(c library.Call, key string) []byte {
	if len(key) <= sha1.BlockSize {
		return []byte(key)
	}
	sum := sha1.New()
	write(c, sum, key)
	return sum.Sum(nil)
}

func desCall(c library.Call, do func(c library.Call, key, text string, mode int) ([]byte, error)) {
	key := c.String(1)
	if err := checkKey(key); err != nil {
		c.Raise("%s", err)
	}
	answer(c)(do(c, key, c.String(2), int(int32(c.OptInt(3, int64(paddingISO7816))))))
}

// two are the first arguments, of eight bytes each.
func two(c library.Call) (x, y string) {
	return eight(c, 1, "Invalid uint64 x"), eight(c, 2, "Invalid uint64 y")
}

// eight is an argument of eight bytes; of another length is an error with that text.
func eight(c library.Call, n int, wrong string) string {
	s := c.String(n)
	if len(s) != 8 {
		c.Raise("%s", wrong)
	}
	return s
}

// randomKey is eight random bytes of which the sum by xor isn't 0, as dhexchange wants its keys.
func randomKey() string {
	var key [8]byte
	rand.Read(key[:])
	sum := byte(0)
	for _, b := range key {
		sum ^= b
	}
	if sum == 0 {
		key[0] ^= 1
	}
	return string(key[:])
}

// failure is an error in skynet's words, which begin with a capital.
type failure string

func (f failure) Error() string { return string(f) }
