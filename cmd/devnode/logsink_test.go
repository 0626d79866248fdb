package main

import (
	"strings"
	"sync"
	"testing"
	"time"

	"devnode/console"
)

// blockedWriter takes nothing before it is opened.
type blockedWriter struct {
	gate chan struct{}
	mu   sync.Mutex
	text strings.Builder
}

func (b *blockedWriter) Write(p []byte) (int, error) {
	<-b.gate
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *blockedWriter) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// TestLogThatNobodyReads has devnode's own lines wait for nobody, and be counted.
func TestLogThatNobodyReads(t *testing.T) {
	to := &blockedWriter{gate: make(chan struct{})}
	log := &logSink{journal: console.NewJournal(10), now: time.Now, out: &outlet{to: to}}
	node := make(chan struct{})
	go func() { defer close(node); _, _ = log.Write([]byte("[:00000008] of a service\n")) }()
	await(t, "the log to be stuck", func() bool {
		stuck := !log.out.mu.TryLock()
		if !stuck {
			log.out.mu.Unlock()
		}
		return stuck
	})
	for range 5 {
		log.logf("of devnode's own")
	}
	close(to.gate)
	<-node
	log.logf("the last")
	want := "[:00000008] of a service\n[devnode] 5 lines of devnode's own were left out: the log was full\n[devnode] the last\n"
	if got := to.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
