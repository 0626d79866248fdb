// Package env is the settings of a node: skynet.getenv and setenv (skynet_env.c).
package env

import (
	"maps"
	"slices"
	"sync"
)

// Env holds settings by key. A key is set once. It is safe for concurrent use.
type Env struct {
	mu   sync.RWMutex
	vars map[string]string
}

// New has the given settings, and defaults for those that are not among them.
func New(given, defaults map[string]string) *Env {
	e := &Env{vars: maps.Clone(defaults)}
	maps.Copy(e.vars, given)
	return e
}

// Get is the value of a key, and whether it has one.
func (e *Env) Get(key string) (string, bool) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	v, ok := e.vars[key]
	return v, ok
}

// Set is false when the key has a value already.
func (e *Env) Set(key, value string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, ok := e.vars[key]; ok {
		return false
	}
	e.vars[key] = value
	return true
}

// Keys lists the keys, sorted.
func (e *Env) Keys() []string {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return slices.Sorted(maps.Keys(e.vars))
}
