// Package md5 is md5 and md5.core for Lua services: sums, codes with a key, and the cipher that the Kepler project's library
// has. MD5 guards nothing against those who mean it.
package md5
