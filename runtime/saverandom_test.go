package runtime

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// TestSavesRandomly makes random services, edits their files at random, saves them,
// and sends random requests before and after. What a save does is compared with the
// rules of docs/reload.md, as they are written down once more here:
//
//   - after a patch, each variable has what the rule for values gives (mergeStates);
//     what the program has changed and the text now begins otherwise is named,
//   - after a reload, a variable has that, too, or it begins anew and is named as lost,
//   - after both, requests get the answers of a service that begins with the new text
//     and was given the same state.
//
// SAVE_EDITS and SAVE_SEED say how many edits, and where to begin; with SAVE_ON set it
// goes on after a failure, with other services.
func TestSavesRandomly(t *testing.T) {
	edits, seed := 300, uint64(1)
	if n, err := strconv.Atoi(os.Getenv("SAVE_EDITS")); err == nil {
		edits = n
	}
	if n, err := strconv.ParseUint(os.Getenv("SAVE_SEED"), 10, 64); err == nil {
		seed = n
	}
	tally := make(saveTally)
	for done := 0; done < edits && (!t.Failed() || os.Getenv("SAVE_ON") != ""); seed++ {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			done += newSaveRun(t, seed, tally).run(min(30, edits-done))
		})
	}
	t.Logf("seeds up to %d:\n%s", seed-1, tally)
}

// saveTally counts what happened.
type saveTally map[string]int

func (t saveTally) String() string {
	var b strings.Builder
	for _, what := range slices.Sorted(maps.Keys(t)) {
		fmt.Fprintf(&b, "%6d %s\n", t[what], what)
	}
	return b.String()
}

// saveRun is a service that is edited.
type saveRun struct {
	t     *testing.T
	tn    *testNode
	r     *rand.Rand
	s     *script
	tally saveTally
	h     Handle
	base  map[int]any // what the text gives, its start function included
	bare  map[int]any // what the text alone gives
	conn  net.Conn
	lines *bufio.Reader
	log   []string
	over  bool // the service can't be compared any more
}

func newSaveRun(t *testing.T, seed uint64, tally saveTally) *saveRun {
	x := &saveRun{t: t, r: rand.New(rand.NewPCG(seed, 14)), tally: tally}
	x.s = newScript(x.r)
	x.s.build()
	x.tn = newTestNode(t, x.s.sources(), nil)
	x.h = x.tn.launch("main")
	x.base, x.bare = x.state(x.h), x.bareState()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s", strings.Join(x.log, "\n"))
		}
	})
	return x
}

func (x *saveRun) state(h Handle) (state map[int]any) {
	x.tn.ask1(x.tn.service(h), func(s *Service) { state = x.s.stateOf(s.code) })
	for _, id := range x.s.hidden {
		state[id] = x.request(h, fmt.Sprintf("tell%d", id), 0)
	}
	return state
}

// bareState is what the text gives, without what its start function does.
func (x *saveRun) bareState() map[int]any {
	h := x.tn.launch("bare")
	defer x.tn.Kill(h)
	return x.state(h)
}

// request calls a command with a number.
func (x *saveRun) request(h Handle, cmd string, arg int) string {
	values, err := x.tn.Call(testContext(x.t), h, lua.LString(cmd), lua.LNumber(arg))
	if err != nil {
		return "error: " + err.Error()
	}
	var list []string
	for _, v := range values {
		list = append(list, v.String())
	}
	return strings.Join(list, " ")
}

// commands are those that requests may name.
func (x *saveRun) commands() []string {
	list := []string{"own"}
	for _, n := range x.s.namesOf(nameCommand) {
		list = append(list, n.name)
	}
	return list
}

func (x *saveRun) fail(format string, args ...any) {
	x.t.Helper()
	x.t.Errorf(format, args...)
	for name, text := range x.s.sources() {
		x.log = append(x.log, "--- "+name+" now\n"+text)
	}
}

// run does some edits, and returns their number.
func (x *saveRun) run(edits int) (done int) {
	for done < edits && !x.t.Failed() && !x.over {
		for range x.r.IntN(6) {
			x.request(x.h, pick(x.r, x.commands()), x.r.IntN(10))
		}
		before, mine := x.s.sources(), x.state(x.h)
		names := x.nameTexts()
		n := 1 + x.r.IntN(3)/2
		for range n {
			x.log = append(x.log, "edit: "+x.s.edit())
		}
		done += n
		x.save(before, names, mine)
	}
	return done
}

func (x *saveRun) nameTexts() map[int]string {
	m := make(map[int]string)
	for id, n := range x.s.names {
		m[id] = n.name
	}
	return m
}

// save writes the files and has the service take them over.
func (x *saveRun) save(before map[string]string, names map[int]string, mine map[int]any) {
	x.tn.ctx = testContext(x.t) // a deadline for each save: a busy machine may be slow
	texts := x.s.sources()
	changed := false
	for name, text := range texts {
		if text != before[name] {
			changed = true
			x.tn.write(name, text)
		}
	}
	fresh, err := x.tn.Launch(x.tn.ctx, "main")
	if err != nil {
		x.broken(err)
		return
	}
	defer x.tn.Kill(fresh)
	theirs := x.state(fresh)
	r := x.tn.patchOne(x.h)
	if r.Err != nil {
		why := r.Err.Error()
		r = x.tn.reload1(x.h, ReloadOptions{})
		if r.Err != nil {
			x.fail("neither patched (%s) nor reloaded: %v", why, r.Err)
			return
		}
		r.Why = why
	}
	x.log = append(x.log, r.Summary()+" "+r.Why)
	x.count(r, changed)
	bare := x.bareState()
	if r.Kind == KindPatched {
		x.checkState(r, names, mine, x.bare, bare)
	} else {
		x.checkState(r, names, mine, x.base, theirs)
	}
	x.base, x.bare = theirs, bare
	if x.t.Failed() {
		return
	}
	if r.Unread > 0 {
		x.conn = nil
	}
	if len(r.Report.Stale) > 0 {
		x.over = true
		return
	}
	x.compare(fresh)
}

// broken is for a text that doesn't start: the service must go on as it was.
func (x *saveRun) broken(err error) {
	x.tally["a text that doesn't start"]++
	x.over = true
	if r := x.tn.patchOne(x.h); r.Err == nil {
		x.fail("patched to a text that doesn't start: %v", err)
	}
	if r := x.tn.reload1(x.h, ReloadOptions{}); r.Err == nil {
		x.fail("reloaded with a text that doesn't start: %v", err)
	}
}

func (x *saveRun) count(r ReloadRecord, changed bool) {
	switch {
	case !changed:
		x.tally["nothing changed"]++
	case r.Kind != KindPatched:
		x.tally["reloaded: "+refPlain(r.Why)]++
	case len(r.Report.Stale) > 0:
		x.tally["stale: "+refPlain(r.Report.Stale[0].Why)]++
	default:
		x.tally["patched"]++
	}
}

// refPlain is a reason without the names and lines in it.
func refPlain(text string) string {
	text = strings.TrimSuffix(strings.TrimPrefix(text, "can't be patched: "), ": reload instead")
	return numberPattern.ReplaceAllStringFunc(text, func(m string) string { return strings.TrimRight(m, "0123456789") })
}

// checkState compares what each variable has with the rule.
func (x *saveRun) checkState(r ReloadRecord, names map[int]string, mine, base, theirs map[int]any) {
	now := x.state(x.h)
	for id, their := range theirs {
		was, lived := mine[id]
		if !lived {
			was, base[id] = stateNil, stateNil
		}
		if strings.HasPrefix(x.s.names[id].name, "chosen") {
			continue // it refers to a row of another variable, and changes with it
		}
		conflicts := 0
		want := mergeStates(base[id], was, their, &conflicts)
		name := x.s.names[id].name
		computed := x.uses(id, func(other int) bool { return show(mine[other]) != show(base[other]) })
		switch {
		case show(now[id]) == show(want):
			if conflicts > 0 && r.Kind == KindPatched && !x.named(id, r.Report.Kept) && !x.named(id, r.Report.Notes) && !computed {
				x.fail("%s stays %s, though its first value is %s now, was %s: %s", name, show(now[id]), show(their), show(base[id]), r.Summary())
			}
		case r.Kind == KindPatched && show(now[id]) == show(was) && len(r.Report.Notes) > 0:
			x.tally["noted"]++
		case r.Kind == KindPatched && show(now[id]) == show(was) && (x.named(id, r.Report.Kept) || x.uses(id, func(other int) bool { return x.named(other, r.Report.Kept) })):
			x.tally["kept, and named"]++
		case r.Kind != KindPatched && show(now[id]) == show(their) && (x.named(id, r.Lost) || mentioned(names[id], r.Lost) || x.uses(id, func(other int) bool { return mentioned(x.s.names[other].name, r.Lost) })):
			x.tally["lost"]++
		case r.Kind == KindPatched && show(now[id]) == show(was) && computed:
			x.tally["computed from what the program has changed"]++
		case r.Kind != KindPatched && x.s.names[id].kind == nameConstant && show(now[id]) == show(their):
			x.tally["made anew"]++
		case len(r.Report.Stale) > 0 && functionPattern.ReplaceAllString(show(now[id]), "") == functionPattern.ReplaceAllString(show(want), ""):
		case r.Kind == KindPatched && mentioned("moved", r.Report.Values) && functionPattern.ReplaceAllString(show(now[id]), "") == functionPattern.ReplaceAllString(show(want), ""):
			x.tally["a function that has moved, by its former place"]++
		case r.Kind == KindPatched && show(now[id]) == show(their) && mentioned(names[id], r.Report.Notes):
			x.tally["gone with its name, and named"]++
		case r.Kind != KindPatched && x.named(id, startChanged(r.Kept)):
			x.tally["changed by the start function, and named"]++
		case r.Kind != KindPatched && names[id] != name && show(now[id]) == show(their) && show(was) == show(base[id]):
		default:
			x.fail("%s (%s before) is %s\nwant %s\nmine %s\nbase %s\ntheirs %s\n%s", name, names[id], show(now[id]), show(want), show(was), show(base[id]), show(their), r.Summary())
		}
	}
}

// named tells whether a list names a variable, or what is in it.
func (x *saveRun) named(id int, list []string) bool {
	name := x.s.names[id].name
	return mentioned(name, list) || mentioned(strings.TrimRight(name, "0123456789"), list)
}

var functionPattern = regexp.MustCompile(`function [^,}]*`)

// startChanged are those of a list of what was kept in which the start function has
// changed something.
func startChanged(kept []string) (list []string) {
	for _, k := range kept {
		if strings.Contains(k, "start function") {
			list = append(list, k)
		}
	}
	return list
}

// uses tells whether the first value of a variable comes from one of some others.
func (x *saveRun) uses(id int, of func(int) bool) bool {
	for _, f := range x.s.files {
		for _, p := range f.parts {
			if p.defines != id {
				continue
			}
			for _, other := range refsIn(p.all()) {
				if other != id && (of(other) || x.uses(other, of)) {
					return true
				}
			}
		}
	}
	return false
}

// mentioned tells whether a list names a variable.
func mentioned(name string, lists ...[]string) bool {
	for _, list := range lists {
		for _, text := range list {
			for _, word := range strings.FieldsFunc(text, func(c rune) bool {
				return !(c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z')
			}) {
				if word == name {
					return true
				}
			}
		}
	}
	return false
}

// compare gives the fresh service the state of the living one, and compares what
// both answer.
func (x *saveRun) compare(fresh Handle) {
	if x.s.closures > 0 {
		for _, c := range strings.Fields(strings.TrimPrefix(x.request(x.h, "tellclosures", 0), "true")) {
			step, n, _ := strings.Cut(c, ":")
			if got := x.tn.command(fresh, "makeclosure "+step+" "+n); !strings.HasPrefix(got, "true") {
				x.fail("makeclosure: %s", got)
			}
		}
	}
	for _, id := range x.s.hidden {
		was := strings.TrimPrefix(x.request(x.h, fmt.Sprintf("tell%d", id), 0), "true ")
		n, err := strconv.Atoi(was)
		if err != nil {
			x.fail("tell%d: %s", id, was)
			return
		}
		x.request(fresh, fmt.Sprintf("set%d", id), n)
	}
	var err error
	living, begun := x.tn.service(x.h), x.tn.service(fresh)
	x.tn.ask1(living, func(l *Service) {
		x.tn.ask1(begun, func(f *Service) { err = x.s.feed(f.code, l.code) })
	})
	if err != nil {
		x.fail("%v", err)
		return
	}
	for range 12 {
		cmd, arg := pick(x.r, x.commands()), x.r.IntN(10)
		want, got := x.request(fresh, cmd, arg), x.request(x.h, cmd, arg)
		x.log = append(x.log, fmt.Sprintf("%s %d = %s", cmd, arg, got))
		if got != want {
			x.fail("%s %d = %s, a service that begins with this text answers %s", cmd, arg, got, want)
			return
		}
	}
	x.talk(fresh)
	was, is := x.state(fresh), x.state(x.h)
	for id := range was {
		if show(was[id]) != show(is[id]) {
			x.fail("%s is %s after the same requests, in a service that begins with this text %s", x.s.names[id].name, show(is[id]), show(was[id]))
		}
	}
}

// talk sends a line over the connection, which lasts, and over one to the fresh
// service.
func (x *saveRun) talk(fresh Handle) {
	if !x.s.agent {
		return
	}
	arg := fmt.Sprintln(x.r.IntN(10))
	other, lines := x.dial(fresh)
	want := exchange(other, lines, arg)
	other.Close()
	if x.conn == nil {
		x.conn, x.lines = x.dial(x.h)
	}
	got := exchange(x.conn, x.lines, arg)
	if got != want {
		x.fail("over the connection %s, a service that begins with this text answers %s", got, want)
	}
}

func (x *saveRun) dial(h Handle) (net.Conn, *bufio.Reader) {
	var port lua.LValue
	x.tn.ask1(x.tn.service(h), func(s *Service) { port = s.code.vm.Globals().RawGetString("PORT") })
	conn, err := net.Dial("tcp", "127.0.0.1:"+port.String())
	if err != nil {
		x.t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(30 * time.Second))
	x.t.Cleanup(func() { conn.Close() })
	return conn, bufio.NewReader(conn)
}

func exchange(conn net.Conn, lines *bufio.Reader, text string) string {
	if _, err := io.WriteString(conn, text); err != nil {
		return err.Error()
	}
	answer, err := lines.ReadString('\n')
	if err != nil {
		return err.Error()
	}
	return answer
}
