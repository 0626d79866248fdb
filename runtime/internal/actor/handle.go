package actor

import (
	"fmt"
	"strconv"
	"strings"
)

// Handle identifies a service in its node. 0 is no service.
type Handle uint32

// String is the printed form of a handle, its address: `:0000000a`.
func (h Handle) String() string { return fmt.Sprintf(":%08x", uint32(h)) }

// ParseHandle reads an address in the form `:0000000a`.
func ParseHandle(s string) (Handle, bool) {
	hex, ok := strings.CutPrefix(s, ":")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	return Handle(n), err == nil && n != 0
}
