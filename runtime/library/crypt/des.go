package crypt

import (
	"crypto/des"
	"fmt"

	"devnode/runtime/library"
)

// A padding fills the last block of a text for DES.
type padding int

const (
	paddingISO7816 padding = iota // a byte 0x80, then zeros
	paddingPKCS7                  // as many bytes as are missing, each their number
	paddings
)

// paddingNames are the names of the paddings in the module's table.
var paddingNames = [paddings]string{"iso7816_4", "pkcs7"}

// desEncode encrypts a text by DES, block by block (ECB), after it has been filled to whole blocks.
func desEncode(c library.Call, key, text string, mode int) ([]byte, error) {
	block, err := des.NewCipher([]byte(key))
	if err != nil {
		return nil, err
	}
	if err := checkPadding(mode); err != nil {
		return nil, err
	}
	missing := des.BlockSize - len(text)%des.BlockSize
	result := make([]byte, 0, len(text)+missing)
	for piece := range c.Pieces(text) {
		result = append(result, piece...)
		eachBlock(result[len(result)-len(piece):], block.Encrypt)
	}
	begun := len(text) - len(text)%des.BlockSize // the last block
	result = append(result, make([]byte, missing)...)
	fill := result[len(text):]
	switch padding(mode) {
	case paddingISO7816:
		fill[0] = 0x80
	case paddingPKCS7:
		for i := range fill {
			fill[i] = byte(missing)
		}
	}
	eachBlock(result[begun:], block.Encrypt)
	return result, nil
}

// desDecode decrypts what desEncode made.
func desDecode(c library.Call, key, text string, mode int) ([]byte, error) {
	block, err := des.NewCipher([]byte(key))
	if err != nil {
		return nil, err
	}
	if len(text)%des.BlockSize != 0 || text == "" {
		return nil, failure(fmt.Sprintf("Invalid des crypt text length %d", len(text)))
	}
	if err := checkPadding(mode); err != nil {
		return nil, err
	}
	result := make([]byte, 0, len(text))
	for piece := range c.Pieces(text) {
		result = append(result, piece...)
		eachBlock(result[len(result)-len(piece):], block.Decrypt)
	}
	filled := padding(mode).length(result)
	if filled == 0 {
		return nil, failure("Invalid des crypt text")
	}
	return result[:len(result)-filled], nil
}

// eachBlock has change change all whole blocks of a text in place.
func eachBlock(text []byte, change func(to, from []byte)) {
	for at := 0; at+des.BlockSize <= len(text); at += des.BlockSize {
		change(text[at:], text[at:])
	}
}

func checkKey(key string) error {
	if len(key) != des.BlockSize {
		return failure(fmt.Sprintf("Invalid key size %d, need 8 bytes", len(key)))
	}
	return nil
}

func checkPadding(mode int) error {
	if mode < 0 || mode >= int(paddings) {
		return failure(fmt.Sprintf("Invalid padding mode %d", mode))
	}
	return nil
}

// length is how many bytes at the end of a text are padding, 0 where that isn't padding at all. Of PKCS 7 it looks at no
// more than the text has, and refuses a length of more than a block.
func (p padding) length(text []byte) int {
	last := text[len(text)-des.BlockSize:]
	if p == paddingPKCS7 {
		n := int(last[len(last)-1])
		if n > len(last) {
			return 0
		}
		for _, b := range last[len(last)-n:] {
			if int(b) != n {
				return 0
			}
		}
		return n
	}
	for i := len(last) - 1; i >= 0; i-- {
		switch last[i] {
		case 0:
		case 0x80:
			return len(last) - i
		default:
			return 0
		}
	}
	return 0
}
