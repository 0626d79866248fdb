package runtime

import (
	"context"
	"fmt"
)

// Rollback reloads a service from the files that an earlier generation had
// loaded, without touching the disk; the next save goes forward again.
// generation 0 stands for the last one before the present that was loaded
// successfully and had other code.
func (n *Node) Rollback(ctx context.Context, h Handle, generation int) (ReloadRecord, error) {
	records, err := n.History(ctx, h)
	if err != nil {
		return ReloadRecord{}, err
	}
	target, err := rollbackTarget(records, generation)
	if err != nil {
		return ReloadRecord{}, fmt.Errorf("rollback %s: %w", h, err)
	}
	options := ReloadOptions{
		Files:   target.contents,
		Trigger: fmt.Sprintf("rollback to generation %d", target.Generation),
	}
	return n.Reload(ctx, []Handle{h}, options)[0], nil
}

// rollbackTarget finds the history entry to go back to.
func rollbackTarget(records []ReloadRecord, generation int) (ReloadRecord, error) {
	var known []int
	var current ReloadRecord
	for _, r := range records {
		if r.Err == nil && r.contents != nil {
			known = append(known, r.Generation)
			current = r
		}
	}
	for i := len(records) - 1; i >= 0; i-- {
		r := records[i]
		switch {
		case r.Err != nil || r.contents == nil:
		case generation == r.Generation:
			return r, nil
		case generation == 0 && r.Generation != current.Generation && !sameContents(r.contents, current.contents):
			return r, nil
		}
	}
	if generation == 0 {
		return ReloadRecord{}, fmt.Errorf("there is no earlier generation with other code: the history has %v", known)
	}
	return ReloadRecord{}, fmt.Errorf("generation %d is not in the history, which has %v", generation, known)
}

func sameContents(a, b map[string][]byte) bool {
	if len(a) != len(b) {
		return false
	}
	for path, data := range a {
		if other, ok := b[path]; !ok || HashOf(data) != HashOf(other) {
			return false
		}
	}
	return true
}
