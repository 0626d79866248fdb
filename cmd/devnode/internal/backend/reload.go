package backend

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"devnode/console"
	"devnode/runtime"
	"devnode/runtime/lua/sourcefile"
)

// Reload implements [console.Reloader].
func (b *Backend) Reload(ctx context.Context, r console.ReloadRequest) ([]console.ReloadResult, error) {
	options := runtime.ReloadOptions{Trigger: "reload on the console", Quiet: true, Now: r.Now, Fresh: r.Fresh, Drain: r.Drain}
	if r.HasArgs {
		options.Args = append([]string{}, r.Args...)
	}
	targets := make([]runtime.Handle, 0, len(r.Targets))
	for _, a := range r.Targets {
		targets = append(targets, handle(a))
	}
	if r.All {
		targets = b.node.Affected(b.onDisk())
	}
	if r.Patch {
		if r.HasArgs || r.Now || r.Fresh || r.Drain > 0 {
			return nil, fmt.Errorf("reload --patch: the VM stays, so there is nothing that arguments, --drain, --now or --fresh could mean")
		}
		return b.told(ctx, b.node.Patch(ctx, targets, options))
	}
	return b.told(ctx, b.node.Reload(ctx, targets, options))
}

// onDisk is what the files that services use, or miss, hold at this time.
func (b *Backend) onDisk() map[string]runtime.Hash {
	now := map[string]runtime.Hash{}
	look := func(path string) {
		if _, known := now[path]; known {
			return
		}
		data, err := sourcefile.Read(path)
		if err != nil {
			now[path] = runtime.Hash{}
			return
		}
		now[path] = runtime.HashOf(data)
	}
	for _, info := range b.node.List() {
		loaded, missed := b.node.Dependencies(info.Handle)
		for path := range loaded {
			look(path)
		}
		for _, path := range missed {
			look(path)
		}
	}
	return now
}

// told has the log say what came of services, in a line for each script.
func (b *Backend) told(ctx context.Context, records []runtime.ReloadRecord) ([]console.ReloadResult, error) {
	b.node.LogOutcomes(records, b.options.Times)
	out := make([]console.ReloadResult, len(records))
	for i, r := range records {
		out[i] = result(r)
	}
	return out, ctx.Err()
}

func result(r runtime.ReloadRecord) console.ReloadResult {
	res := console.ReloadResult{
		Address: address(r.Service), Script: r.Script, From: r.From, To: r.Generation, Took: r.Took,
		Note: noteOf(r), Outcome: outcome(r),
	}
	if r.Word() == "unchanged" {
		res.Note = "nothing changed: it runs these files already"
	}
	if r.Err != nil {
		res.Note, res.Error = "", folderGone(r.Err).Error()
	}
	return res
}

// History implements [console.Reloader].
func (b *Backend) History(ctx context.Context, of console.Address) ([]console.Generation, error) {
	info, err := b.node.Info(handle(of))
	if err != nil {
		return nil, err
	}
	records, err := b.node.History(ctx, handle(of))
	if err != nil {
		return nil, first(ctx, err)
	}
	list := make([]console.Generation, len(records))
	for i, r := range records {
		g := console.Generation{Number: r.Generation, Loaded: r.At, State: "retired", Hash: r.Hash.Short(), Note: note(r), Outcome: outcome(r)}
		switch {
		case r.Err != nil:
			g.State, g.Hash, g.Note = "failed", "", console.Cause(r.Err.Error())
		case r.Generation == info.Generation:
			g.State, g.Current = "current", true
		case slices.Contains(info.Drains, r.Generation):
			g.State = "draining"
		}
		list[i] = g
	}
	if info.Preparing > 0 {
		list = append(list, console.Generation{Number: info.Preparing, State: info.State, Note: "not serving yet"})
	}
	return list, nil
}

// Rollback implements [console.Reloader].
func (b *Backend) Rollback(ctx context.Context, of console.Address, generation int) (console.ReloadResult, error) {
	r, err := b.node.Rollback(ctx, handle(of), generation)
	if err != nil {
		return console.ReloadResult{}, first(ctx, err)
	}
	res := result(r)
	if r.Err == nil {
		res.Note = r.Trigger + ": " + res.Note
	}
	return res, nil
}

// Check implements [console.Reloader].
func (b *Backend) Check(_ context.Context, file string) ([]console.Problem, error) {
	found, err := b.node.Check(file)
	problems := make([]console.Problem, len(found))
	for i, p := range found {
		problems[i] = console.Problem{File: p.File, Line: p.Line, Message: p.Message}
	}
	return problems, folderGone(err)
}

// Plan implements [console.Reloader].
func (b *Backend) Plan(ctx context.Context, files []string) ([]console.Plan, error) {
	contents, hashes := map[string][]byte{}, map[string]runtime.Hash{}
	for _, file := range files {
		data, err := sourcefile.Read(file)
		if err != nil {
			return nil, err
		}
		path, err := filepath.Abs(file)
		if err != nil {
			return nil, err
		}
		contents[path], hashes[path] = data, runtime.HashOf(data)
	}
	var plans []console.Plan
	for _, h := range b.node.Affected(hashes) {
		info, err := b.node.Info(h)
		if err != nil {
			continue // it has ended meanwhile
		}
		p := b.foresee(ctx, h, contents)
		p.Address, p.Script = address(h), info.Script
		plans = append(plans, p)
	}
	return plans, ctx.Err()
}

// foresee tells what a save of these contents would be to a service.
func (b *Backend) foresee(ctx context.Context, h runtime.Handle, contents map[string][]byte) console.Plan {
	o := runtime.Foresight{Files: contents}
	if b.options.ModeOf != nil {
		mode, who := b.options.ModeOf(h, contents)
		switch mode {
		case "off":
			return console.Plan{Takes: runtime.PlanNothing, Why: "left as it is: mode off, " + who}
		case "restart":
			return console.Plan{Takes: runtime.PlanRestart, Why: "mode restart, " + who}
		case "reload", "fresh":
			o.Reload, o.Anew = "mode "+mode+", "+who, mode == "fresh"
		case "patch":
			o.Patch = true
		}
	}
	kind, record := b.node.Foresee(ctx, h, o)
	switch kind {
	case runtime.PlanNothing:
		return console.Plan{Takes: kind, Why: "it runs these files already"}
	case runtime.PlanFail, runtime.PlanRestart:
		return console.Plan{Takes: kind, Why: record.Why}
	}
	return console.Plan{Takes: record.Word(), Why: record.What(), Outcome: outcome(record)}
}
