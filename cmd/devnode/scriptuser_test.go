package main

import (
	"fmt"
	"net"
	"os/exec"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// secondUser is the key under which a script finds the user that it has made.
type secondUser struct{}

// cmdAsUser is the script command `asuser COMMAND`: it runs a line of bash as a
// second user of this machine, who is made for the script. The output goes to
// stdout; how it ends doesn't matter.
func cmdAsUser(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: asuser COMMAND")
	}
	name := ts.Value(secondUser{}).(*string)
	if *name == "" {
		*name = makeUser(ts)
	}
	cmd := exec.Command("timeout", "60", "su", "-s", "/bin/bash", *name, "-c", args[0])
	cmd.Dir = "/"
	out, err := cmd.CombinedOutput()
	ts.Logf("as %s: %s", *name, args[0])
	if err != nil {
		ts.Logf("%v", err)
	}
	fmt.Fprint(ts.Stdout(), string(out))
}

// makeUser adds a user to the machine until the script has ended. Another test
// may be changing the list of users.
func makeUser(ts *testscript.TestScript) string {
	name := fmt.Sprintf("devnode%x", time.Now().UnixNano()&0xffffffffff)
	changeUsers(ts, "useradd", "--system", "--no-create-home", name)
	ts.Defer(func() { changeUsers(ts, "userdel", name) })
	return name
}

func changeUsers(ts *testscript.TestScript, command ...string) {
	for deadline := time.Now().Add(startTime); ; time.Sleep(pollTime) {
		out, err := exec.Command(command[0], command[1:]...).CombinedOutput()
		if err == nil {
			return
		}
		if !strings.Contains(string(out), "lock") || time.Now().After(deadline) {
			ts.Fatalf("%s: %v: %s", strings.Join(command, " "), err, out)
		}
	}
}

// outsideAddress is an address of IPv4 of this machine that isn't loopback, or
// empty.
func outsideAddress() string {
	own, _ := net.InterfaceAddrs() // none is an answer
	for _, a := range own {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsGlobalUnicast() {
			return n.IP.String()
		}
	}
	return ""
}
