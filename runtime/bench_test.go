package runtime

import (
	"fmt"
	"io"
	"os"
	"testing"
)

// The services of package floor, which can't be imported here.
var benchEcho, benchClient = benchScript("echo"), benchScript("client")

func benchScript(name string) string {
	text, err := os.ReadFile("floor/" + name + ".lua")
	if err != nil {
		panic(err)
	}
	return string(text)
}

func BenchmarkCallPairs(b *testing.B) {
	for _, pairs := range []int{1, 2, 64} {
		b.Run(fmt.Sprint(pairs), func(b *testing.B) {
			tn := newTestNode(b, map[string]string{"echo.lua": benchEcho, "client.lua": benchClient}, func(c *Config) { c.Log = io.Discard })
			var clients, echos []Handle
			for range pairs {
				clients, echos = append(clients, tn.launch("client")), append(echos, tn.launch("echo"))
			}
			b.ResetTimer()
			done := make(chan struct{})
			for i := range pairs {
				go func() { tn.ask(clients[i], "call", int(echos[i]), b.N/pairs+1); done <- struct{}{} }()
			}
			for range pairs {
				<-done
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
		})
	}
}
