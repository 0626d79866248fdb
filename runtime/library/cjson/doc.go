// Package cjson is cjson and cjson.safe for Lua services: JSON as openresty's lua-cjson 2.1.0 reads and writes it, with its
// settings, its errors, and its generosity in decoding. Integers keep their 64 bits both ways; one that is larger becomes the
// largest, as there.
package cjson
