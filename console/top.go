package console

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// look is the counters of all services at one moment.
type look struct {
	at       time.Time
	services []Service
}

func runTop(ctx context.Context, r *request) (Result, error) {
	every := time.Second
	if v := r.flags["--every"]; v != "" {
		d, err := time.ParseDuration(v)
		if err != nil || d < 50*time.Millisecond {
			return nil, hint(fmt.Errorf("top: --every: %q is no time, or too short", v), "--every 2s")
		}
		every = d
	}
	rows, err := r.number("-n", 0)
	if err != nil {
		return nil, err
	}
	by := cmp.Or(r.flags["--by"], "cpu")
	if topOrder(by) == nil {
		return nil, hint(fmt.Errorf("top: no column %q", by), "--by memory")
	}
	stop := r.until()
	goesOn := stop != nil && (r.shell.human || r.has("--every"))
	before, err := r.look(ctx)
	if err != nil {
		return nil, err
	}
	frame, weights := topFrame{}, scales{}
	weighs := r.has("-m") || isMemory(by)
	for {
		// The first table has only a moment to count in, so that it comes at once.
		wait := every
		if frame.lines == 0 {
			wait = min(every, 200*time.Millisecond)
		}
		select {
		case <-stop:
			return nothing{}, nil
		case <-ctx.Done():
			return liveEnd(ctx)
		case <-time.After(wait):
		}
		now, err := r.look(ctx)
		if err != nil {
			return nil, err
		}
		if weighs {
			weights.weigh(ctx, now.services, every/2, r.node())
		}
		t := topTable(before, now, by, rows)
		if !goesOn {
			return t, nil
		}
		if err := r.showFrame(&frame, t); err != nil {
			return nil, err
		}
		before = now
	}
}

func (r *request) look(ctx context.Context) (look, error) {
	all, err := r.services(ctx)
	return look{time.Now(), all}, err
}

// topTable is the difference between two looks.
func topTable(before, now look, by string, rows int) *table {
	t := &table{columns: cols("address", ">cpu%", ">message/s", ">mailbox", ">task", ">memory", "service"), empty: "no services", inOrder: true}
	seconds := max(now.at.Sub(before.at).Seconds(), 0.001)
	was := map[Address]Service{}
	for _, s := range before.services {
		was[s.Address] = s
	}
	var loads []load
	for _, s := range now.services {
		old, ok := was[s.Address]
		if !ok {
			old = s
		}
		loads = append(loads, load{
			Service: s, cpu: 100 * (s.CPU - old.CPU).Seconds() / seconds, rate: float64(s.Messages-old.Messages) / seconds,
		})
	}
	order := topOrder(by)
	slices.SortStableFunc(loads, func(a, b load) int { return cmp.Compare(order(b), order(a)) })
	for i, l := range loads {
		if rows > 0 && i == rows {
			break
		}
		t.add(l.Address, math.Round(l.cpu*10)/10, int64(math.Round(l.rate)), l.Mailbox, l.Tasks, bytesCell(l.Memory), l.command())
	}
	return t
}

type load struct {
	Service
	cpu, rate float64
}

// topOrder is the number that a column is sorted by, nil for no column.
func topOrder(by string) func(load) float64 {
	switch by {
	case "cpu", "cpu%":
		return func(l load) float64 { return l.cpu }
	case "message", "messages", "message/s":
		return func(l load) float64 { return l.rate }
	case "mailbox", "mqlen":
		return func(l load) float64 { return float64(l.Mailbox) }
	case memoryColumn, "mem":
		return func(l load) float64 { return float64(l.Memory) }
	case "task", "tasks":
		return func(l load) float64 { return float64(l.Tasks) }
	}
	return nil
}

const memoryColumn = "memory"

func isMemory(by string) bool { return by == memoryColumn || by == "mem" }

// topFrame is the table that stands on the screen, to be drawn over.
type topFrame struct{ lines int }

// showFrame shows a table, on a terminal over the one before.
func (r *request) showFrame(f *topFrame, t *table) error {
	if !r.shell.human || r.json {
		f.lines++
		return cmp.Or(r.shell.show(t, r.json), r.shell.flushed())
	}
	width, height := r.shell.size()
	lines := strings.Split(strings.TrimSuffix(t.pretty(style{}), "\n"), "\n")
	if height > 3 && len(lines) > height-2 {
		lines = lines[:height-2]
	}
	var b strings.Builder
	if f.lines > 0 {
		fmt.Fprintf(&b, "\x1b[%dA\r\x1b[J", f.lines)
	}
	s := r.shell.style()
	for i, l := range lines {
		if l = clip(l, width-1); i == 0 {
			l = s.bold(l)
		}
		b.WriteString(l + "\n")
	}
	f.lines = len(lines)
	if _, err := r.shell.out.Write([]byte(b.String())); err != nil {
		return err
	}
	return r.shell.flushed()
}
