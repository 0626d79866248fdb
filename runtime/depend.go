package runtime

// Dependencies tells which files the serving generation of a service has
// loaded, by absolute path with the hash of the bytes that it runs, and for
// which it looked in vain. Both are the caller's.
func (n *Node) Dependencies(h Handle) (loaded map[string]Hash, missed []string) {
	s := n.handles.grab(h)
	if s == nil {
		return nil, nil
	}
	st := s.standing.Load()
	if st == nil || st.files == nil {
		return nil, nil
	}
	return st.files.hashes()
}

// Affected lists the services whose code depends on one of the changed files:
// those that run other bytes of it, and those that looked for it in vain. For a
// service whose last reload failed, what that one loaded counts as well: the
// save that mends it may be of a file that the old code never had, or bring back
// the very bytes that the old code runs.
// changed maps absolute paths to the hashes of the new content; the zero Hash
// stands for a file that is gone. The result is in the order of handles.
func (n *Node) Affected(changed map[string]Hash) []Handle {
	var list []Handle
	for _, info := range n.List() {
		if info.System || info.files == nil {
			continue
		}
		if info.files.differ(changed) || info.tried != nil && info.tried.differ(changed) {
			list = append(list, info.Handle)
		}
	}
	return list
}

// differ tells whether a generation that loaded fs would load something else now.
func (fs *files) differ(changed map[string]Hash) bool {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for path, hash := range changed {
		if data, ok := fs.loaded[path]; ok && HashOf(data) != hash {
			return true
		}
		if fs.missed[path] && hash != (Hash{}) {
			return true
		}
	}
	return false
}
