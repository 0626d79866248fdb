package console

import (
	"bytes"
	"fmt"
	"regexp"
)

// attackError ends a connection that spoke another protocol than ours.
type attackError struct{ what string }

func (e attackError) Error() string { return e.what }

// A web page can make a browser send a request to this port, and a request's
// body can hold any line. So the first sign of HTTP ends the connection before
// anything that came with it runs.
var (
	httpRequest = regexp.MustCompile(`^\s*(?:(?:GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|PRI|PROPFIND)\s|[A-Za-z]+ \S+ (?:HTTP|RTSP|SIP)/[0-9])`)
	httpHeader  = regexp.MustCompile(`^(?i:host|user-agent|content-length|content-type|accept|accept-encoding|accept-language|connection|origin|referer|cookie|transfer-encoding|upgrade|sec-[-a-z]+)\s*:`)
	// A Lua method call inside `use` may look like a header: host:close().
	methodCall = regexp.MustCompile(`^[A-Za-z]+:[A-Za-z_][A-Za-z_0-9]*\s*[({"'\[]`)
)

// inspectBreath looks at all that one read brought, the beginning of an
// unfinished line included, before any of it runs.
func inspectBreath(lines []string, unfinished []byte) error {
	for _, l := range lines {
		if looksHTTP(l) {
			return attackError{"an HTTP request: " + short(l)}
		}
	}
	if looksHTTP(string(unfinished)) {
		return attackError{"an HTTP request: " + short(string(unfinished))}
	}
	return nil
}

func looksHTTP(line string) bool {
	return httpRequest.MatchString(line) || httpHeader.MatchString(line) && !methodCall.MatchString(line)
}

// inspectBytes finds what no line of text holds: control bytes, as in a TLS
// hello or a STUN packet, and 0xFF, which UTF-8 never uses.
func inspectBytes(b []byte) error {
	i := bytes.IndexFunc(b, func(r rune) bool {
		return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0x7f
	})
	if j := bytes.IndexByte(b, 0xff); j >= 0 && (i < 0 || j < i) {
		i = j
	}
	if i < 0 {
		return nil
	}
	return attackError{fmt.Sprintf("not text: byte 0x%02x", b[i])}
}
