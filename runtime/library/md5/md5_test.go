package md5_test

import (
	"testing"

	"devnode/runtime/library/librarytest"
)

// TestVectors holds the core against what skynet's own returned.
func TestVectors(t *testing.T) { librarytest.Vectors(t, "md5.core", "testdata/skynet.txt") }

// TestModule has the known sums of RFC 1321 and RFC 2202.
func TestModule(t *testing.T) {
	got := librarytest.Run(t, `
		local skynet = require "skynet"
		local md5 = require "md5"
		skynet.start(function()
			print(md5.sumhexa(""), md5.sumhexa("abc"))
			print(md5.hmacmd5("Hi There", ("\x0b"):rep(16)))
			print(md5.hmacmd5("Test Using Larger Than Block-Size Key - Hash Key First", ("\xaa"):rep(80)))
			print(md5.decrypt(md5.crypt("text", "key"), "key"))
		end)`)
	want := `d41d8cd98f00b204e9800998ecf8427e	900150983cd24fb0d6963f7d28e17f72
9294727a3638bb1c13f48ef8158bfc9d
6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd
text
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestMutations decrypts texts that were changed at random.
func TestMutations(t *testing.T) {
	librarytest.Mutate(t, "md5", "decrypt,crypt,exor", "testdata/skynet.txt")
}
