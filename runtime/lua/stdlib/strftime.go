package stdlib

import (
	"fmt"
	"strings"
	"time"
)

// strftime formats a time as C99 does in the locale "C". bad is the first
// specifier that there isn't.
func strftime(format string, t time.Time, poll func()) (s, bad string) {
	var b strings.Builder
	polled := 0
	for i := 0; i < len(format); i++ {
		if i-polled >= pieceSize {
			poll()
			polled = i
		}
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		spec := format[i+1:]
		n := 1
		if spec != "" && (spec[0] == 'E' || spec[0] == 'O') { // another locale's forms
			n = 2
			valid := "cCxXyY"
			if spec[0] == 'O' {
				valid = "deHImMSuUVwWy"
			}
			if len(spec) < 2 || strings.IndexByte(valid, spec[1]) < 0 {
				return "", "%" + spec[:min(2, len(spec))]
			}
		}
		if len(spec) < n {
			return "", "%" + spec
		}
		if !appendTime(&b, spec[n-1], t) {
			return "", "%" + spec[:1]
		}
		i += n
	}
	return b.String(), ""
}

// appendTime writes what one specifier stands for.
func appendTime(b *strings.Builder, c byte, t time.Time) bool {
	if layout, ok := timeLayouts[c]; ok {
		b.WriteString(t.Format(layout))
		return true
	}
	isoYear, isoWeek := t.ISOWeek()
	week := func(first time.Weekday) int { // weeks of the year begin on first
		return (t.YearDay() + 6 - (int(t.Weekday())-int(first)+7)%7) / 7
	}
	switch c {
	case 'C':
		fmt.Fprintf(b, "%02d", t.Year()/100)
	case 'e':
		fmt.Fprintf(b, "%2d", t.Day())
	case 'g':
		fmt.Fprintf(b, "%02d", isoYear%100)
	case 'G':
		fmt.Fprintf(b, "%d", isoYear)
	case 'j':
		fmt.Fprintf(b, "%03d", t.YearDay())
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 's':
		fmt.Fprintf(b, "%d", t.Unix())
	case 'u':
		fmt.Fprintf(b, "%d", (int(t.Weekday())+6)%7+1)
	case 'U':
		fmt.Fprintf(b, "%02d", week(time.Sunday))
	case 'V':
		fmt.Fprintf(b, "%02d", isoWeek)
	case 'w':
		fmt.Fprintf(b, "%d", int(t.Weekday()))
	case 'W':
		fmt.Fprintf(b, "%02d", week(time.Monday))
	case 'Y':
		fmt.Fprintf(b, "%d", t.Year())
	case '%':
		b.WriteByte('%')
	default:
		return false
	}
	return true
}

var timeLayouts = map[byte]string{
	'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January", 'h': "Jan",
	'c': "Mon Jan _2 15:04:05 2006", 'd': "02", 'D': "01/02/06", 'F': "2006-01-02",
	'H': "15", 'I': "03", 'm': "01", 'M': "04", 'p': "PM", 'r': "03:04:05 PM", 'R': "15:04",
	'S': "05", 'T': "15:04:05", 'x': "01/02/06", 'X': "15:04:05", 'y': "06", 'z': "-0700", 'Z': "MST",
}
