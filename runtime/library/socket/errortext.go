package socket

import (
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"
)

// errorText is the cause of a network error in C's words, as skynet has it:
// "Connection refused", "Name or service not known".
func errorText(err error) string {
	var errno syscall.Errno
	var dns *net.DNSError
	var address *net.AddrError
	text := err.Error()
	switch {
	case errors.As(err, &errno):
		text = errno.Error()
	case errors.As(err, &dns):
		text = lookUpErrorText(dns)
	case errors.As(err, &address) && strings.Contains(address.Err, "port"):
		text = "Servname not supported for ai_socktype"
	case errors.As(err, &address):
		text = "Name or service not known"
	case errors.Is(err, os.ErrDeadlineExceeded):
		text = syscall.ETIMEDOUT.Error()
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// lookUpErrorText is what gai_strerror says where a name can't be looked up.
func lookUpErrorText(err *net.DNSError) string {
	switch {
	case strings.Contains(err.Err, "port"):
		return "Servname not supported for ai_socktype"
	case err.IsTimeout, err.IsTemporary:
		return "Temporary failure in name resolution"
	default:
		return "Name or service not known"
	}
}
