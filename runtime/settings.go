package runtime

import "sort"

// Getenv reads one of the node's settings, as skynet.getenv does.
func (n *Node) Getenv(key string) (string, bool) { return n.env.get(key) }

// Setenv sets one that has no value yet. It is false when it has one: as in
// skynet, a setting doesn't change.
func (n *Node) Setenv(key, value string) bool { return n.env.set(key, value) }

// EnvKeys lists the settings, sorted.
func (n *Node) EnvKeys() []string {
	n.env.mu.RLock()
	defer n.env.mu.RUnlock()
	keys := make([]string, 0, len(n.env.vars))
	for k := range n.env.vars {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Uniques lists the services that were made by skynet.uniqueservice, sorted by
// name.
func (n *Node) Uniques() (names []string, handles []Handle) { return n.unique.names() }
