// Package crypt is skynet.crypt (and client.crypt, crypt) for Lua services: hashes, codes and a key exchange for logins, DES,
// base64 and hex. The algorithms that skynet made itself (hashkey, hmac64, dhexchange) give its bytes; they guard nothing
// against those who mean it. All are pure functions of their arguments, but randomkey.
package crypt
