package console

import (
	"context"
	"strconv"
	"time"
)

// measure asks services for their memory and notes it in them. One that doesn't
// answer in time keeps what was known of it.
func measure(ctx context.Context, services []Service, limit time.Duration, node Node) {
	weights := make([]int64, len(services))
	errs := together(ctx, services, func(ctx context.Context, i int, s Service) error {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		kb, err := weight(ctx, node, s.Address)
		weights[i] = int64(kb * 1024)
		return err
	})
	for i, err := range errs {
		if err == nil {
			services[i].Memory = weights[i]
		}
	}
}

// weight asks one service for its memory, in KB.
func weight(ctx context.Context, node Node, of Address) (float64, error) {
	vs, err := node.Debug(ctx, of, "MEM")
	if err != nil || len(vs) == 0 {
		return 0, err
	}
	return strconv.ParseFloat(vs[0].Text, 64)
}

// known is a number of bytes, or an empty cell where it isn't known.
func known(bytes int64) any {
	if bytes < 0 {
		return nil
	}
	return bytesCell(bytes)
}

// scales measure the services again and again, each as often as it can bear: one
// that takes long to be measured, as it holds much, is left alone for so much longer.
type scales map[Address]weighing

type weighing struct {
	bytes int64
	next  time.Time
}

// patience is how many times longer a service is left alone than it took to measure.
const patience = 50

// weigh notes in the services what they weigh, as it is known.
func (sc scales) weigh(ctx context.Context, services []Service, limit time.Duration, node Node) {
	var due []Service
	now := time.Now()
	for _, s := range services {
		if !s.System && now.After(sc[s.Address].next) {
			due = append(due, s)
		}
	}
	took := make([]time.Duration, len(due))
	weights := make([]int64, len(due))
	errs := together(ctx, due, func(ctx context.Context, i int, s Service) error {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		from := time.Now()
		kb, err := weight(ctx, node, s.Address)
		took[i], weights[i] = time.Since(from), int64(kb*1024)
		return err
	})
	for i, s := range due {
		w := weighing{bytes: weights[i], next: time.Now().Add(patience * took[i])}
		if errs[i] != nil {
			w.bytes = s.Memory
		}
		sc[s.Address] = w
	}
	for i, s := range services {
		if w, ok := sc[s.Address]; ok {
			services[i].Memory = w.bytes
		}
	}
}
