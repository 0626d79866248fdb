package crypt_test

import (
	"testing"

	"devnode/runtime/library/librarytest"
)

// TestVectors holds every function but randomkey against what skynet's own library returned.
func TestVectors(t *testing.T) { librarytest.Vectors(t, "skynet.crypt", "testdata/skynet.txt") }

func TestModule(t *testing.T) {
	got := librarytest.Run(t, `
		local skynet = require "skynet"
		local crypt = require "skynet.crypt"
		skynet.start(function()
			local names = {}
			for name, v in pairs(crypt) do names[#names + 1] = name .. ":" .. type(v) end
			table.sort(names)
			print(table.concat(names, " "))
			print(crypt.padding.iso7816_4, crypt.padding.pkcs7)
			local a, b = crypt.randomkey(), crypt.randomkey()
			print(#a, #b, a ~= b)
			print(crypt.dhsecret(crypt.dhexchange(a), b) == crypt.dhsecret(crypt.dhexchange(b), a))
			print(require "client.crypt".sha1("x") == crypt.sha1("x"), require "crypt".sha1("x") == crypt.sha1("x"))
			print(pcall(crypt.sha1))
			print(pcall(crypt.desencode, "12345678", "text", 1.5))
		end)`)
	want := `base64decode:function base64encode:function desdecode:function desencode:function dhexchange:function dhsecret:function hashkey:function hexdecode:function hexencode:function hmac64:function hmac64_md5:function hmac_hash:function hmac_sha1:function padding:table randomkey:function sha1:function xor_str:function
0	1
8	8	true
true
true	true
false	bad argument #1 to 'skynet.crypt.sha1' (string expected, got no value)
false	bad argument #3 to 'skynet.crypt.desencode' (number has no integer representation)
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestMutations decodes texts that were changed at random.
func TestMutations(t *testing.T) {
	librarytest.Mutate(t, "skynet.crypt", "base64decode,hexdecode,desdecode,dhexchange,hmac64,xor_str", "testdata/skynet.txt")
}
