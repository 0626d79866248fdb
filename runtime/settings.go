package runtime

import (
	"strconv"
	"strings"

	"devnode/runtime/internal/env"
)

// newEnv has the settings of a node, and for those that nobody gave what skynet,
// or this node, takes in their place.
func newEnv(c Config) *env.Env {
	e := env.New(c.Env, map[string]string{
		"thread":     strconv.Itoa(c.Workers),
		"harbor":     "0",
		"bootstrap":  "snlua bootstrap",
		"logservice": "logger",
		"profile":    "true",
		"luaservice": strings.Join(c.ServicePath, ";"),
		"lua_path":   c.LuaPath,
		"snax":       strings.Join(c.ServicePath, ";"),
	})
	if harbor, _ := e.Get("harbor"); harbor == "0" { // one that is in no network, as skynet's bootstrap notes
		e.Set("standalone", "true")
	}
	return e
}

// Getenv reads one of the node's settings, as skynet.getenv does.
func (n *Node) Getenv(key string) (string, bool) { return n.env.Get(key) }

// Setenv sets one that has no value yet. It is false when it has one: as in
// skynet, a setting doesn't change.
func (n *Node) Setenv(key, value string) bool { return n.env.Set(key, value) }

// EnvKeys lists the settings, sorted.
func (n *Node) EnvKeys() []string { return n.env.Keys() }

// Uniques lists the services that were made by skynet.uniqueservice, sorted by
// name.
func (n *Node) Uniques() (names []string, handles []Handle) { return n.unique.names() }
