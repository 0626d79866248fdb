package live

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"devnode/runtime"
	"devnode/watch"
)

// plan is what a batch does to the services that it concerns.
type plan struct {
	patch   []runtime.Handle // or fail
	try     []runtime.Handle // patch; reload what can't be
	reload  []runtime.Handle
	why     map[runtime.Handle]string // they are reloaded, where less could have been expected
	off     int                       // how many are left as they are
	restart string                    // why the whole node starts anew
}

// askTime is how long a service may take to tell whether it can be patched, and
// to be patched. One that is busy for longer is reloaded.
const askTime = 150 * time.Millisecond

// modeOf is the mode of a service, by its script as it was saved last.
func (r *Reloader) modeOf(h runtime.Handle, contents map[string][]byte) (Mode, string) {
	info, err := r.node.Info(h)
	if err != nil {
		return Off, "gone"
	}
	path, script := r.node.Source(h)
	if saved := contents[path]; saved != nil {
		script = saved
	}
	return r.options.Modes.of(info, script)
}

// plan decides by each service's mode. Services are asked at the same time.
func (r *Reloader) plan(ctx context.Context, targets []runtime.Handle, changed map[string]runtime.Hash, contents map[string][]byte) plan {
	p := plan{why: map[runtime.Handle]string{}}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	kinds, whys := make([]string, len(targets)), make([]string, len(targets))
	var asked sync.WaitGroup
	for i, h := range targets {
		mode, who := r.modeOf(h, contents)
		switch mode {
		case Off:
			p.off++
			r.options.Log("%s is left as it is: mode off, %s", h, who)
		case Restart:
			p.restart = fmt.Sprintf("%s can't be reloaded: mode restart, %s", h, who)
			kinds[i] = runtime.PlanReload
		case Reload:
			kinds[i], whys[i] = runtime.PlanReload, "reloaded: mode reload, "+who
		case Patch:
			p.patch = append(p.patch, h)
		default:
			if strings.HasSuffix(who, noMode) {
				r.options.Log("%s is taken for mode auto: %s", h, who)
			}
			asked.Go(func() { kinds[i], whys[i] = r.least(ctx, h, changed, contents) })
		}
	}
	asked.Wait()
	for i, h := range targets {
		switch kinds[i] {
		case runtime.PlanPatch:
			p.try = append(p.try, h)
		case "":
		default:
			p.reload = append(p.reload, h)
			if whys[i] != "" {
				p.why[h] = whys[i]
			}
		}
	}
	return p
}

// least is the least that brings a service up to date.
func (r *Reloader) least(ctx context.Context, h runtime.Handle, changed map[string]runtime.Hash, contents map[string][]byte) (kind, why string) {
	loaded, missed := r.node.Dependencies(h)
	for path, hash := range changed {
		if _, ok := loaded[path]; ok && hash == (runtime.Hash{}) {
			return runtime.PlanReload, "reloaded, not patched: " + short(path) + " is gone"
		}
	}
	for _, path := range missed {
		if hash := changed[path]; hash != (runtime.Hash{}) {
			return runtime.PlanReload, "reloaded, not patched: " + short(path) + " is new"
		}
	}
	kind, why = r.node.Plan(ctx, h, contents)
	if kind != runtime.PlanReload { // for nothing, too: that ends a failure
		return runtime.PlanPatch, ""
	}
	return runtime.PlanReload, "reloaded, not patched: " + firstLine(why)
}

// patch patches what is to be; what turns out not to be possible joins those
// that are reloaded.
func (r *Reloader) patch(ctx context.Context, p *plan, options runtime.ReloadOptions) []runtime.ReloadRecord {
	if len(p.patch)+len(p.try) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	records := r.node.Patch(ctx, p.patch, options)
	options.Try = true
	for _, rec := range r.node.Patch(ctx, p.try, options) {
		if rec.Err != nil {
			p.reload = append(p.reload, rec.Service)
			continue
		}
		records = append(records, rec)
	}
	return records
}

// restart has the node start anew, unless what was saved doesn't compile: then
// nothing happens, as with a reload. It is false when there is nobody to do it.
func (r *Reloader) restart(trigger string, changes []watch.Change, why string) bool {
	if r.options.Restart == nil {
		return false
	}
	for _, c := range changes {
		if c.Op == watch.Removed || !strings.HasSuffix(c.Path, ".lua") {
			continue
		}
		problems, err := r.node.Check(c.Path)
		if err != nil || len(problems) == 0 {
			continue
		}
		text := fmt.Sprintf("%s:%d: %s", short(c.Path), problems[0].Line, problems[0].Message)
		r.options.Log("error: the node was not restarted: %s", text)
		r.remember(c.Path, "not restarted: "+text)
		return true
	}
	r.options.Restart(trigger + ": " + why)
	return true
}

func firstLine(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	return first
}
