package runtime

import "maps"

// Dependencies tells which files the serving generation of a service has
// loaded, by absolute path with the hash of the bytes that it runs, and for
// which it looked in vain. Both are the caller's.
func (n *Node) Dependencies(h Handle) (loaded map[string]Hash, missed []string) {
	s := n.grab(h)
	if s == nil {
		return nil, nil
	}
	st := s.standing.Load()
	if st == nil || st.files == nil {
		return nil, nil
	}
	return st.files.hashes()
}

// Injected are the files of which code was injected into the serving generation
// of a service, by absolute path with the hash of the bytes that ran last. A reload
// doesn't run them. The map is the caller's.
func (n *Node) Injected(h Handle) map[string]Hash {
	s := n.grab(h)
	if s == nil {
		return nil
	}
	st := s.standing.Load()
	if st == nil || st.files == nil {
		return nil
	}
	st.files.mu.Lock()
	defer st.files.mu.Unlock()
	return maps.Clone(st.files.inject)
}

// Source is the script of a service: the path of its file, absolute, and the
// bytes that its serving generation runs. Both are empty for a service that has
// none. The bytes must not be changed.
func (n *Node) Source(h Handle) (path string, data []byte) {
	s := n.grab(h)
	if s == nil {
		return "", nil
	}
	st := s.standing.Load()
	if st == nil || st.files == nil {
		return "", nil
	}
	return st.files.main()
}

// Loaded are the files that the serving generation of a service has loaded, by
// absolute path. The map is the caller's, the bytes must not be changed.
func (n *Node) Loaded(h Handle) map[string][]byte {
	s := n.grab(h)
	if s == nil {
		return nil
	}
	st := s.standing.Load()
	if st == nil || st.files == nil {
		return nil
	}
	return st.files.contents()
}

// Affected lists the services whose code depends on one of the changed files:
// those that run other bytes of it, and those that looked for it in vain. For a
// service whose last reload failed, what that one loaded counts as well: the
// save that mends it may be of a file that the old code never had, or bring back
// the very bytes that the old code runs. For one whose reload is being prepared,
// that alone counts: a save that brings the serving bytes back has to win.
// One that is still starting isn't told of.
//
// What a generation that is being prepared has yet to load can't be known: ask
// [Node.Behind] once it has been.
//
// changed maps absolute paths to the hashes of the new content; the zero Hash
// stands for a file that is gone. The result is in the order of handles.
func (n *Node) Affected(changed map[string]Hash) []Handle {
	return n.which(func(st *Standing) bool {
		switch {
		case st.pending != nil:
			return st.pending.differ(changed)
		case st.tried != nil && st.tried.differ(changed):
			return true
		}
		return st.files.differ(changed)
	})
}

// Behind lists the services whose last loaded code, whether it serves or failed
// to, isn't that of the given files. Those that load code at this time, and what
// is in none of the given files, don't count.
func (n *Node) Behind(files map[string]Hash) []Handle {
	return n.which(func(st *Standing) bool {
		switch {
		case st.pending != nil:
			return false
		case st.tried != nil:
			return st.tried.differ(files)
		}
		return st.files.differ(files)
	})
}

// Uses tells whether a service has loaded a file, given by its absolute path, or
// looked for it in vain: its serving generation, or a reload that failed since.
func (n *Node) Uses(h Handle, path string) bool {
	s := n.grab(h)
	if s == nil {
		return false
	}
	st := s.standing.Load()
	return st != nil && (st.files.knows(path) || st.tried.knows(path))
}

// knows tells whether a generation has loaded a file, or looked for it.
func (fs *files) knows(path string) bool {
	if fs == nil {
		return false
	}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	_, ok := fs.loaded[path]
	return ok || fs.missed[path]
}

// which lists the users' services that run and that something holds for.
func (n *Node) which(holds func(*Standing) bool) []Handle {
	var list []Handle
	for _, info := range n.figures(n.services()) {
		if !info.System && info.files != nil && info.State != "loading" && holds(&info.Standing) {
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
		if f, ok := fs.loaded[path]; ok && f.sum != hash {
			return true
		}
		if fs.missed[path] && hash != (Hash{}) {
			return true
		}
	}
	return false
}
