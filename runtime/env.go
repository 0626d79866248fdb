package runtime

import "sync"

// env holds the node's settings: skynet.getenv and setenv (skynet_env.c). A
// key is set once.
type env struct {
	mu   sync.RWMutex
	vars map[string]string
}

func newEnv(vars map[string]string) *env {
	e := &env{vars: make(map[string]string, len(vars))}
	for k, v := range vars {
		e.vars[k] = v
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
