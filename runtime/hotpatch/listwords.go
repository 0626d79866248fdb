package hotpatch

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// mostRows bounds how many rows of a list are named one by one.
const mostRows = 3

// listWords say what becomes of a list: which rows are others now, new or gone. Rows
// that are tables, and whose entries were merged, have been told.
func listWords(name string, mine *value.Table, rows []lua.LValue, n int) []string {
	var others []int // places where both lists have a row, and another one
	for i := 1; i <= min(n, len(rows)); i++ {
		if mine.RawGetInt(i) != rows[i-1] {
			others = append(others, i)
		}
	}
	switch {
	case n == len(rows) && sameRows(mine, rows):
		if len(others) == 0 {
			return nil
		}
		return []string{fmt.Sprintf("%s: its %d entries in another order", name, n)}
	case len(others) > mostRows || len(others) > 0 && n != len(rows):
		return []string{fmt.Sprintf("%s: %d entries -> %d, %d of them others", name, n, len(rows), newRows(mine, rows, n))}
	}
	var words []string
	for _, i := range others {
		words = append(words, fmt.Sprintf("%s[%d] %s -> %s", name, i, short(mine.RawGetInt(i)), short(rows[i-1])))
	}
	return append(words, longer(name, mine, rows, n)...)
}

// longer is for rows at the end, which are new or gone.
func longer(name string, mine *value.Table, rows []lua.LValue, n int) []string {
	switch more := len(rows) - n; {
	case more == 1:
		return []string{fmt.Sprintf("new %s[%d] %s", name, n+1, short(rows[n]))}
	case more > 1:
		return []string{fmt.Sprintf("new %s[%d] to [%d]", name, n+1, len(rows))}
	case more == -1:
		return []string{fmt.Sprintf("gone %s[%d] %s", name, n, short(mine.RawGetInt(n)))}
	case more < -1:
		return []string{fmt.Sprintf("gone %s[%d] to [%d]", name, len(rows)+1, n)}
	}
	return nil
}

// counted counts the rows of a list, by what they are.
func counted(mine *value.Table, n int) map[lua.LValue]int {
	count := make(map[lua.LValue]int, n)
	for i := 1; i <= n; i++ {
		count[mine.RawGetInt(i)]++
	}
	return count
}

// newRows counts the rows that the list doesn't have yet.
func newRows(mine *value.Table, rows []lua.LValue, n int) int {
	count, others := counted(mine, n), 0
	for _, v := range rows {
		if count[v]--; count[v] < 0 {
			others++
		}
	}
	return others
}

// sameRows tells whether a list has the same rows, in whatever order.
func sameRows(mine *value.Table, rows []lua.LValue) bool { return newRows(mine, rows, len(rows)) == 0 }
