package console

import (
	"context"
	"fmt"
	"os"
)

// A console over a node, on a free port, and one command from elsewhere.
func ExampleConsole() {
	c, err := New(Config{Backend: newFakeNode().backend()})
	if err != nil {
		fmt.Println(err)
		return
	}
	l, err := Listen(ListenConfig{Address: "127.0.0.1:0"})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- c.Serve(ctx, l) }()

	code := Exec(ctx, ClientConfig{Address: l.Addr().String()}, []string{"call", "echo", `"add", 2, 3`}, os.Stdout, os.Stderr)
	fmt.Println("exit code", code)
	cancel()
	<-done
	// Output:
	// 1	5
	// n	1
	// exit code 0
}
