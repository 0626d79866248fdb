package md5

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"time"

	"devnode/runtime/library"
)

// Core is what require "md5.core" returns.
func Core() library.Module {
	return library.Module{Name: "md5.core", Functions: core(), Constants: constants()}
}

// Module is what require "md5" returns: the core and two functions more.
func Module() library.Module {
	functions := core()
	functions["sumhexa"] = func(c library.Call) {
		c.Return(library.String(hex.EncodeToString(sum(c))))
	}
	functions["hmacmd5"] = func(c library.Call) {
		data := c.String(1)
		code := hmac.New(md5.New, []byte(c.String(2)))
		write(c, code, data)
		c.Return(library.String(hex.EncodeToString(code.Sum(nil))))
	}
	return library.Module{Name: "md5", Functions: functions, Constants: constants()}
}

func core() map[string]library.Function {
	return map[string]library.Function{
		"sum":  func(c library.Call) { c.Return(library.Bytes(sum(c))) },
		"exor": exor,
		"crypt": func(c library.Call) {
			message, seed := c.String(1), ""
			if c.Args() < 3 {
				seed = string(binary.LittleEndian.AppendUint64(nil, uint64(time.Now().Unix())))
			} else {
				seed = c.String(3)
			}
			finish(c)(crypt(c, message, c.String(2), seed))
		},
		"decrypt": func(c library.Call) {
			text, err := decrypt(c, c.String(1), c.String(2))
			if err == errCyphered {
				c.ArgError(1, "%s", err)
			}
			finish(c)(text, err)
		},
	}
}

// exor is both strings, which are of one length, byte by byte.
func exor(c library.Call) {
	a, b := c.String(1), c.String(2)
	if len(a) != len(b) {
		c.ArgError(2, "lengths must be equal")
	}
	result := make([]byte, 0, len(a))
	for piece := range c.Pieces(a) {
		for i := range len(piece) {
			result = append(result, piece[i]^b[len(result)])
		}
	}
	c.Return(library.Bytes(result))
}

// sum is the sum of the first argument.
func sum(c library.Call) []byte {
	sum := md5.New()
	write(c, sum, c.String(1))
	return sum.Sum(nil)
}

// write adds a text to a sum.
func write(c library.Call, sum hash.Hash, text string) {
	for piece := range c.Pieces(text) {
		sum.Write([]byte(piece))
	}
}

// finish returns a text to Lua, or raises the error.
func finish(c library.Call) func(text []byte, err error) {
	return func(text []byte, err error) {
		if err != nil {
			c.Raise("%s", err)
		}
		c.Return(library.Bytes(text))
	}
}

func constants() map[string]library.Value {
	return map[string]library.Value{
		"_VERSION":     library.String("MD5 1.2"),
		"_DESCRIPTION": library.String("MD5 sums, and a cipher made of them"),
	}
}
