package console

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Address is a service's handle.
type Address uint32

// String prints an address as skynet does: ":0000000a".
func (a Address) String() string { return fmt.Sprintf(":%08x", uint32(a)) }

// Resolve finds the service that a word means: ":0000000b", "b", a name
// (".logger", "REDIS"), or the script of exactly one service ("worker"). A hex
// number wins where a service has it, so a script called "add" is still reached
// by name as long as there is no service :00000add.
func Resolve(services []Service, word string) (Service, error) {
	if word == "" {
		return Service{}, knownError{ErrNeedAddress, "which service? Its address, a name, or its script is wanted"}
	}
	addr, isNumber := parseAddress(word)
	if isNumber {
		if i := slices.IndexFunc(services, func(s Service) bool { return s.Address == addr }); i >= 0 {
			return services[i], nil
		}
	}
	for _, s := range services {
		if slices.Contains(s.Names, word) {
			return s, nil
		}
	}
	if strings.HasPrefix(word, ".") && !strings.Contains(word, "/") {
		return Service{}, hint(knownError{ErrNotAName, "no service is called " + word}, nearestService(services, word))
	}
	if s, err := byScript(services, word); s != nil || err != nil {
		return deref(s), err
	}
	if isNumber {
		return Service{}, hint(fmt.Errorf("no service at %v", addr), "list")
	}
	return Service{}, hint(knownError{ErrNeedAddress, "no service " + word + ": no address, name or script that runs"}, nearestService(services, word))
}

// parseAddress reads ":0000000b" and "b". A colon makes it a number for good; a
// bare word may still be a name.
func parseAddress(word string) (Address, bool) {
	n, err := strconv.ParseUint(strings.TrimPrefix(strings.TrimPrefix(word, ":"), "0x"), 16, 32)
	return Address(n), err == nil
}

// byScript finds the one service that runs a script; both results are nil when
// there is none.
func byScript(services []Service, word string) (*Service, error) {
	var found []Service
	for _, s := range services {
		if s.runs(word) {
			found = append(found, s)
		}
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return &found[0], nil
	}
	slices.SortFunc(found, compareServices)
	all := make([]string, len(found))
	for i, s := range found {
		all[i] = s.Address.String()
	}
	return nil, fmt.Errorf("%s: %d services run it: %s", word, len(found), strings.Join(all, " "))
}

func deref(s *Service) Service {
	if s == nil {
		return Service{}
	}
	return *s
}

func compareServices(a, b Service) int { return int(int64(a.Address) - int64(b.Address)) }

// suggestedNames is how many names of one service may be suggested.
const suggestedNames = 1000

// nearestService is the name or script that was probably meant, or the way to
// find out.
func nearestService(services []Service, word string) string {
	var names []string
	for _, s := range services {
		names = append(names, s.Names[:min(len(s.Names), suggestedNames)]...)
		if s.Script != "" {
			names = append(names, s.Script)
		}
	}
	if near := nearest(word, names); near != "" {
		return near
	}
	return "list"
}
