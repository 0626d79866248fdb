package runtime

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// editRow is a row of docs/edits.md.
type editRow struct{ what, old, new, says, then string }

// TestEditsInTheDocument runs each row of the tables in docs/edits.md: the edit is
// made as a save makes it, and the record says what the row says; check says it
// beforehand.
func TestEditsInTheDocument(t *testing.T) {
	text, err := os.ReadFile("../docs/edits.md")
	if err != nil {
		t.Fatal(err)
	}
	files, before := map[string]string{}, ""
	for _, block := range fencedBlocks(string(text)) {
		switch first, _, _ := strings.Cut(block.body, "\n"); block.info {
		case "lua":
			files[strings.TrimPrefix(first, "-- ")] = block.body
		case "calls":
			before = strings.ReplaceAll(strings.TrimSpace(block.body), "\n", "; ")
		}
	}
	rows := editRows(string(text))
	if len(rows) < 18 {
		t.Fatalf("the document has %d rows", len(rows))
	}
	for _, row := range rows {
		t.Run(row.what, func(t *testing.T) { runEditRow(t, row, files, before) })
	}
}

var editCell = regexp.MustCompile("^ *(?:`(.*)`)? *$")

// shownPath is the folder in a place: that of the test isn't the document's.
var shownPath = regexp.MustCompile(`\([^ ()]*/`)

func editRows(text string) (rows []editRow) {
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if len(cells) != 5 || !strings.Contains(line, "`") {
			continue
		}
		code := func(i int) string {
			if m := editCell.FindStringSubmatch(cells[i]); m != nil {
				return m[1]
			}
			return ""
		}
		rows = append(rows, editRow{strings.TrimSpace(cells[0]), code(1), code(2), code(3), code(4)})
	}
	return rows
}

func runEditRow(t *testing.T, row editRow, files map[string]string, before string) {
	tn := newTestNode(t, files, nil)
	h := tn.launch("room")
	tn.expect(h, before)
	file := "room.lua"
	if !strings.Contains(files[file], row.old) {
		file = "limits.lua"
	}
	if !strings.Contains(files[file], row.old) {
		t.Fatalf("no file has %s", row.old)
	}
	n := 1
	if row.old == "count" { // a name, wherever it stands
		n = -1
	}
	tn.write(file, strings.Replace(files[file], row.old, row.new, n))
	kind, foreseen := tn.Foresee(testContext(t), h, Foresight{})
	take, options := tn.Patch, ReloadOptions{}
	if kind == PlanReload {
		take, options.Why = tn.Reload, map[Handle]string{h: foreseen.Why}
	}
	r := take(testContext(t), []Handle{h}, options)[0]
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	if got := shownPath.ReplaceAllString(r.What(), "("); got != row.says {
		t.Errorf("the log says\n %s\nthe document\n %s", got, row.says)
	}
	if got := foreseen.What(); got != r.What() {
		t.Errorf("check says\n %s\nthe log\n %s", got, r.What())
	}
	tn.expect(h, row.then)
}
