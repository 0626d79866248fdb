package backend

import (
	"context"
	"errors"
	"sort"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/console"
	"devnode/runtime"
)

// info answers with what the service's own info function says, as in skynet. A
// service that has none is described by what the node knows.
func (b *Backend) info(ctx context.Context, h runtime.Handle, args []string) ([]console.Value, error) {
	words := make([]lua.LValue, len(args))
	for i, a := range args {
		words[i] = lua.LString(a)
	}
	got, asked, err := b.node.CallInfo(ctx, h, words...)
	var busy *runtime.BusyError
	switch {
	case errors.As(err, &busy): // what is known of it without asking it
		asked = false
	case err != nil:
		return nil, err
	}
	if asked {
		return values(got), nil
	}
	info, err := b.node.Info(h)
	if err != nil {
		return nil, err
	}
	out := b.describe(info)
	if !info.Busy {
		held, err := b.node.Held(ctx, h)
		if err != nil {
			return nil, err
		}
		for _, line := range held {
			out.Fields = append(out.Fields, field("holds", console.Text(line)))
		}
	}
	return []console.Value{out}, nil
}

// generations lists numbers of generations.
func generations(numbers ...int) console.Value {
	words := make([]string, len(numbers))
	for i, n := range numbers {
		words[i] = strconv.Itoa(n)
	}
	return console.Text(strings.Join(words, " "))
}

func (b *Backend) describe(info runtime.ServiceInfo) console.Value {
	out := object(
		field("script", console.Text(info.Title)),
		field("generation", console.Number(float64(info.Generation))),
		field("state", console.Text(service(info).State)),
		field("born", console.Text(info.Born.Format("15:04:05"))),
	)
	if info.Doing != "" {
		out.Fields = append(out.Fields, field("doing", console.Text(info.Doing)))
	}
	if info.Preparing > 0 {
		out.Fields = append(out.Fields, field("preparing", generations(info.Preparing)))
	}
	if len(info.Drains) > 0 {
		out.Fields = append(out.Fields, field("draining", generations(info.Drains...)))
	}
	for _, old := range info.Stale {
		out.Fields = append(out.Fields, field("stale", console.Text(old.String())))
	}
	if info.LastReload != nil && info.LastReload.From > 0 {
		out.Fields = append(out.Fields, field("last reload", console.Text(info.LastReload.At.Format("15:04:05")+" "+note(*info.LastReload))))
	}
	if info.Failure != "" {
		out.Fields = append(out.Fields, field("error", console.Text(info.Failure)))
	}
	loaded, _ := b.node.Dependencies(info.Handle)
	out.Fields = append(out.Fields, field("files", hashes(loaded)))
	if injected := b.node.Injected(info.Handle); len(injected) > 0 {
		out.Fields = append(out.Fields, field("injected", hashes(injected)))
	}
	return out
}

func hashes(files map[string]runtime.Hash) console.Value {
	out := object()
	for path, hash := range files {
		out.Fields = append(out.Fields, field(path, console.Text(hash.Short())))
	}
	sort.Slice(out.Fields, func(i, j int) bool { return out.Fields[i].Key.Text < out.Fields[j].Key.Text })
	return out
}
