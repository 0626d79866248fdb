package console

import (
	"reflect"
	"testing"
)

func TestSplitWords(t *testing.T) {
	for line, want := range map[string][]string{
		"":                      nil,
		" \t ":                  nil,
		"list":                  {"list"},
		" call  a\tb ":          {"call", "a", "b"},
		`'a b' "c d"`:           {"a b", "c d"},
		`"a \"b\" \\ \n"`:       {`a "b" \ \n`},
		`'it''s'`:               {"its"},
		`a'b c'd`:               {"ab cd"},
		`$'a\nb\x41\'\q'`:       {"a\nbA'\\q"},
		`$x $ '$'`:              {"$x", "$", "$"},
		`c:\lua\x.lua`:          {`c:\lua\x.lua`},
		`''`:                    {""},
		`玩家 "一 区"`:              {"玩家", "一 区"},
		"x " + `$'\xff'` + " y": {"x", "\xff", "y"},
	} {
		ws, err := splitWords(line, -1)
		if err != nil {
			t.Errorf("%q: %v", line, err)
		}
		var got []string
		for _, w := range ws {
			got = append(got, w.text)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
	for _, line := range []string{`'a`, `"a\"`, `$'a\'`, `a "`} {
		if ws, err := splitWords(line, -1); err == nil {
			t.Errorf("%q: no error but %v", line, ws)
		}
	}
}

// Whatever the line, the words lie in it one after another, and each is read
// back from its quoted form.
func FuzzSplitWords(f *testing.F) {
	for _, s := range []string{"list", `call a "b c" $'\x00\n'`, `'a`, "\xff ' \"", `inject a -e 'x' --json`, `call --timeout 1s a {1,2}`} {
		f.Add(s)
	}
	table := newCommandTable((&fakeNode{}).backend())
	f.Fuzz(func(t *testing.T, line string) {
		ws, err := splitWords(line, -1)
		at := 0
		for _, w := range ws {
			if w.start < at || w.end <= w.start || w.end > len(line) {
				t.Fatalf("%q: word %+v behind %d", line, w, at)
			}
			at = w.end
			for _, q := range []string{quoteWord(w.text), inQuotes(w.text)} {
				again, err := splitWords(q, -1)
				if err != nil || len(again) != 1 || again[0].text != w.text {
					t.Fatalf("%q, quoted %q, read back as %v, %v", w.text, q, again, err)
				}
			}
		}
		if err != nil && len(line) == 0 {
			t.Fatal(err)
		}
		name, rest := cutName(line)
		for _, c := range table.list {
			if r, err := parse(c, rest); err == nil && r == nil {
				t.Fatalf("%q: neither a request nor an error", line)
			}
		}
		_, _ = table.find(name)
	})
}

func TestCommandLine(t *testing.T) {
	for want, args := range map[string][]string{
		"":                              nil,
		"list --json":                   {"list", "--json"},
		`call x "a b", 5`:               {"call", "x", `"a b", 5`},
		`call x "a", 5`:                 {"call", "x", `"a",`, "5"},
		`call x $'"a",\n5'`:             {"call", "x", "\"a\",\n5"},
		`start 'my service' ''`:         {"start", "my service", ""},
		`inject x -e 'return' a`:        {"inject", "x", "-e", "return", "a"},
		`inject x -e $'print(\'a\')\n'`: {"inject", "x", "-e", "print('a')\n"},
		`kill $'a\'b'`:                  {"kill", "a'b"},
	} {
		if got := CommandLine(args); got != want {
			t.Errorf("%q: got %s, want %s", args, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"list", "log", "logon", "stat", "start", "kill"}
	for word, want := range map[string]string{
		"lsit": "list", "lits": "list", "lst": "list", "sttat": "stat", "kil": "kill", "xyz": "", "l": "", "": "",
	} {
		if got := nearest(word, words); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}
