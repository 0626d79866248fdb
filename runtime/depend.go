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

// Source is the script of a service: the path of its file, absolute, and the
// bytes that its serving generation runs. Both are empty for a service that has
// none. The bytes must not be changed.
func (n *Node) Source(h Handle) (path string, data []byte) {
	s := n.handles.grab(h)
	if s == nil {
		return "", nil
	}
	st := s.standing.Load()
	if st == nil || st.files == nil {
		return "", nil
	}
	return st.files.main()
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
		if info.affected(changed) {
			list = append(list, info.Handle)
		}
	}
	return list
}

// affected tells whether the service has to be reloaded. What is being prepared
// counts for it, not what serves now: a save that brings the serving bytes back
// while others are being prepared has to win.
func (st *Standing) affected(changed map[string]Hash) bool {
	if st.pending != nil {
		return st.pending.differ(changed) || st.pending.readFrom().differs(changed)
	}
	return st.files.differ(changed) || st.tried != nil && st.tried.differ(changed)
}

// differs tells whether the snapshot has other bytes of a changed file.
func (sn *snapshot) differs(changed map[string]Hash) bool {
	if sn == nil {
		return false
	}
	sn.mu.Lock()
	defer sn.mu.Unlock()
	for path, hash := range changed {
		if c, ok := sn.files[path]; ok && (c.err == nil && HashOf(c.data) != hash || c.err != nil && hash != (Hash{})) {
			return true
		}
	}
	return false
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
