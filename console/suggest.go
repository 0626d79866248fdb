package console

import "strings"

// nearest returns the candidate that word was probably meant to be, or nothing:
// one or two slips of the finger, fewer for short words.
func nearest(word string, candidates []string) string {
	best, bestAt := "", 3
	if len(word) < 4 {
		bestAt = 2
	}
	for _, c := range candidates {
		if d := distance(strings.ToLower(word), strings.ToLower(c)); d < bestAt && d < len([]rune(c)) {
			best, bestAt = c, d
		}
	}
	return best
}

// distance counts the edits between two words: insert, delete, replace, and swap
// of neighbours, which is the commonest slip (lsit).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if abs(len(x)-len(y)) > 2 {
		return 3
	}
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(x)][len(y)]
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
