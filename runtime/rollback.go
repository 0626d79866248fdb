package runtime

import (
	"context"
	"fmt"
)

// Rollback brings a service back to the files that an earlier generation had
// loaded, without touching the disk; the next save goes forward again. That is a
// patch where it can be, else a reload.
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
		Files:   contentsOf(target.files),
		Trigger: fmt.Sprintf("rollback to generation %d", target.Generation),
	}
	if _, now := current(records); !sameFiles(now.files, target.files) {
		try := options
		try.Try = true
		if r := n.Patch(ctx, []Handle{h}, try)[0]; r.Err == nil && r.Generation != r.From {
			return r, nil
		}
	}
	return n.Reload(ctx, []Handle{h}, options)[0], nil
}

// current is the entry of the generation that serves, and the numbers of those
// whose files are known.
func current(records []ReloadRecord) (known []int, now ReloadRecord) {
	for _, r := range records {
		if r.Err == nil && r.files != nil {
			known = append(known, r.Generation)
			now = r
		}
	}
	return known, now
}

// rollbackTarget finds the history entry to go back to.
func rollbackTarget(records []ReloadRecord, generation int) (ReloadRecord, error) {
	known, now := current(records)
	for i := len(records) - 1; i >= 0; i-- {
		r := records[i]
		switch {
		case r.Err != nil || r.files == nil:
		case generation == r.Generation:
			return r, nil
		case generation == 0 && r.Generation != now.Generation && !sameFiles(r.files, now.files):
			return r, nil
		}
	}
	if generation == 0 {
		return ReloadRecord{}, fmt.Errorf("there is no earlier generation with other code: the history has %v", known)
	}
	return ReloadRecord{}, fmt.Errorf("generation %d is not in the history, which has %v", generation, known)
}

func sameFiles(a, b map[string]*loadedFile) bool {
	if len(a) != len(b) {
		return false
	}
	for path, f := range a {
		if other, ok := b[path]; !ok || f.sum != other.sum {
			return false
		}
	}
	return true
}
