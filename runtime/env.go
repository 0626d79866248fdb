package runtime

import (
	"strconv"
	"strings"
	"sync"
)

// env holds the node's settings: skynet.getenv and setenv (skynet_env.c). A
// key is set once.
type env struct {
	mu   sync.RWMutex
	vars map[string]string
}

// newEnv has the settings of a node, and for those that nobody gave what skynet,
// or this node, takes in their place.
func newEnv(c Config) *env {
	e := &env{vars: map[string]string{
		"thread":     strconv.Itoa(c.Workers),
		"harbor":     "0",
		"bootstrap":  "snlua bootstrap",
		"logservice": "logger",
		"profile":    "true",
		"luaservice": strings.Join(c.ServicePath, ";"),
		"lua_path":   c.LuaPath,
		"snax":       strings.Join(c.ServicePath, ";"),
	}}
	for k, v := range c.Env {
		e.vars[k] = v
	}
	if e.vars["harbor"] == "0" { // one that is in no network, as skynet's bootstrap notes
		e.set("standalone", "true")
	}
	return e
}

func (e *env) get(key string) (string, bool) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	v, ok := e.vars[key]
	return v, ok
}

// set is false when the key has a value already.
func (e *env) set(key, value string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, ok := e.vars[key]; ok {
		return false
	}
	e.vars[key] = value
	return true
}
