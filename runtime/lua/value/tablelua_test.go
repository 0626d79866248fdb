package value

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// tableRun is a random sequence of operations on one table: as a program for C Lua,
// and what a table of ours prints at them.
type tableRun struct {
	rnd     *rand.Rand
	t       *Table
	program strings.Builder
	want    []string // what ours says, a line for each print
	strs    bool
	removes bool
}

func (r *tableRun) line(format string, args ...any) { fmt.Fprintf(&r.program, format+"\n", args...) }

// key is one of integers that lie close together, far apart, or are no indexes.
func (r *tableRun) key() (source string, key lua.LValue) {
	switch n := r.rnd.IntN(20); {
	case n < 11:
		i := r.rnd.IntN(20) + 1
		return strconv.Itoa(i), lua.LNumber(i)
	case n < 14:
		i := r.rnd.IntN(300) - 20
		return strconv.Itoa(i), lua.LNumber(i)
	case n == 14:
		i := r.rnd.Int64() >> r.rnd.IntN(64)
		return strconv.FormatInt(i, 10), OfInt(i)
	case n == 15 && r.strs:
		f := float64(r.rnd.IntN(9)) + 0.5
		return fmt.Sprint(f), lua.LNumber(f)
	case n == 16 && r.strs:
		return "true", lua.LTrue
	case r.strs:
		s := string(rune('a' + r.rnd.IntN(26)))
		return strconv.Quote(s), lua.LString(s)
	}
	i := r.rnd.IntN(9) + 1
	return fmt.Sprint(i, ".0"), Float(i)
}

// begin makes the table by a constructor.
func (r *tableRun) begin() {
	array, fields := 0, 0
	if r.rnd.IntN(2) == 0 {
		array = r.rnd.IntN(12)
	}
	if r.strs && r.rnd.IntN(2) == 0 {
		fields = r.rnd.IntN(5)
	}
	r.t = NewTable(array, fields)
	var items []string
	for i := range fields {
		name := fmt.Sprintf("f%d", i)
		items = append(items, fmt.Sprintf("%s=%d", name, i))
		r.t.RawSetString(name, lua.LNumber(i))
	}
	for i := 1; i <= array; i++ {
		if r.rnd.IntN(4) == 0 {
			items = append(items, "nil")
		} else {
			items = append(items, strconv.Itoa(i))
			r.t.RawSetInt(i, lua.LNumber(i))
		}
	}
	r.line("t = {%s}", strings.Join(items, ", "))
}

func (r *tableRun) step() {
	switch n := r.rnd.IntN(12); {
	case n < 5:
		source, key := r.key()
		v := r.rnd.IntN(100)
		r.line("t[%s] = %d", source, v)
		r.t.RawSet(key, lua.LNumber(v))
	case n < 7 && r.removes:
		source, key := r.key()
		r.line("t[%s] = nil", source)
		r.t.RawSet(key, lua.LNil)
	case n < 9:
		r.line("t[#t+1] = 7")
		r.t.RawSet(OfInt(int64(r.t.Len()+1)), lua.LNumber(7))
	case n == 9 && r.removes:
		r.line("t[#t] = nil")
		r.t.RawSet(OfInt(int64(r.t.Len())), lua.LNil)
	case n == 10:
		source, key := r.key()
		r.line("print(t[%s])", source)
		r.want = append(r.want, Show(r.t.RawGet(key)))
	default:
		r.line("sum(t)")
		sum, count := 0, 0
		for k, v, ok := r.t.NextEntry(lua.LNil); k != lua.LNil; k, v, ok = r.t.NextEntry(k) {
			if !ok {
				panic("a key that is in the table isn't found")
			}
			n, _ := v.(lua.LNumber)
			sum, count = sum+int(n), count+1
		}
		r.want = append(r.want, fmt.Sprintf("%d %d", sum, count))
	}
	r.line("print(#t)")
	r.want = append(r.want, strconv.Itoa(r.t.Len()))
}

// Show is a value as Lua prints it.
func Show(v lua.LValue) string { return String(v) }

func runTable(seed uint64) *tableRun {
	r := &tableRun{rnd: rand.New(rand.NewPCG(seed, 1))}
	// Where keys that aren't integers are removed, what `#` is depends on where C
	// Lua's hash of strings has put the others, which differs from run to run.
	r.strs, r.removes = seed%3 == 0, seed%3 != 0
	r.begin()
	for range 10 + r.rnd.IntN(120) {
		r.step()
	}
	return r
}

// TestTablesGrowAndShrinkAsInC runs random operations on tables, and in lua5.4.
// TABLE_RUNS says how many.
func TestTablesGrowAndShrinkAsInC(t *testing.T) {
	if _, err := exec.LookPath("lua5.4"); err != nil {
		t.Skip("lua5.4 isn't installed: nothing to hold tables against")
	}
	runs := 2000
	if s := os.Getenv("TABLE_RUNS"); s != "" {
		runs, _ = strconv.Atoi(s)
	}
	from := rand.Uint64N(1 << 40)
	var program strings.Builder
	program.WriteString("function sum(t) local s, n = 0, 0 for _, v in pairs(t) do s, n = s + v, n + 1 end print(s .. ' ' .. n) end\n")
	list := make([]*tableRun, runs)
	for i := range list {
		list[i] = runTable(from + uint64(i))
		fmt.Fprintf(&program, "do\n%send\n", list[i].program.String())
	}
	cmd := exec.Command("lua5.4", "-")
	cmd.Stdin = strings.NewReader(program.String())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("lua5.4: %v\n%.500s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	at, bad := 0, 0
	for i, r := range list {
		for j, want := range r.want {
			if lines[at+j] != want {
				t.Errorf("run %d: line %d is %q, in C Lua %q\n%s", from+uint64(i), j+1, want, lines[at+j], r.program.String())
				bad++
				break
			}
		}
		if at += len(r.want); bad >= 3 {
			t.Fatal("and so on")
		}
	}
}
