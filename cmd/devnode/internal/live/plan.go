package live

import (
	"context"
	"fmt"
	"strings"
	"time"

	"devnode/console"
	"devnode/runtime"
	"devnode/watch"
)

// plan is what a batch does to the services that it concerns.
type plan struct {
	patch   []runtime.Handle // or fail
	try     []runtime.Handle // patch; reload what can't be
	reload  []runtime.Handle
	why     map[runtime.Handle]string // they are reloaded, where less could have been expected
	anew    map[runtime.Handle]bool   // of those that are reloaded: they take nothing over by name
	off     []runtime.Handle          // left as they are
	restart string                    // why the whole node starts anew
}

// askTime is how long one message may keep a service from being patched. One that
// takes longer is reloaded.
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

// ModeOf is what a save of these contents would be to a service: its mode, and who
// says so.
func (r *Reloader) ModeOf(h runtime.Handle, contents map[string][]byte) (mode Mode, who string) {
	return r.modeOf(h, contents)
}

// plan decides by each service's mode.
func (r *Reloader) plan(targets []runtime.Handle, changed map[string]runtime.Hash, contents map[string][]byte) plan {
	p := plan{why: map[runtime.Handle]string{}, anew: map[runtime.Handle]bool{}}
	reload := func(h runtime.Handle, why string) {
		p.reload = append(p.reload, h)
		p.why[h] = why
	}
	said := asides{}
	defer said.log(r.options.Log)
	for _, h := range targets {
		mode, who := r.modeOf(h, contents)
		switch mode {
		case Off:
			p.off = append(p.off, h)
			said.add(r.scriptOf(h), h, "left as it is: mode off, "+who)
		case Restart:
			p.restart = fmt.Sprintf("%s can't be reloaded: mode restart, %s", h, who)
			p.reload = append(p.reload, h)
		case Reload:
			reload(h, "mode reload, "+who)
		case Fresh:
			p.anew[h] = true
			reload(h, "mode fresh, "+who)
		case Patch:
			p.patch = append(p.patch, h)
		default:
			if strings.HasSuffix(who, noMode) {
				said.add(r.scriptOf(h), h, "taken for mode auto: "+who)
			}
			if why := r.cameOrWent(h, changed); why != "" {
				reload(h, notPatched+why)
			} else {
				p.try = append(p.try, h)
			}
		}
	}
	return p
}

// notPatched begins the reason for a reload where a patch was hoped for.
const notPatched = "not patched: "

// cameOrWent says which file of a service is gone, or is there that it has
// looked for in vain; empty if there is none.
func (r *Reloader) cameOrWent(h runtime.Handle, changed map[string]runtime.Hash) string {
	loaded, missed := r.node.Dependencies(h)
	for path, hash := range changed {
		if _, ok := loaded[path]; ok && hash == (runtime.Hash{}) {
			return short(path) + " is gone"
		}
	}
	for _, path := range missed {
		if hash := changed[path]; hash != (runtime.Hash{}) {
			return short(path) + " is new"
		}
	}
	return ""
}

// patch patches what is to be; what turns out not to be possible joins those
// that are reloaded.
func (r *Reloader) patch(ctx context.Context, p *plan, options runtime.ReloadOptions) []runtime.ReloadRecord {
	if len(p.patch)+len(p.try) == 0 {
		return nil
	}
	options.Patience = askTime
	records := r.node.Patch(ctx, p.patch, options)
	options.Try = true
	for _, rec := range r.node.Patch(ctx, p.try, options) {
		if rec.Err != nil {
			p.reload = append(p.reload, rec.Service)
			p.why[rec.Service] = notPatched + console.Cause(rec.Err.Error())
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
