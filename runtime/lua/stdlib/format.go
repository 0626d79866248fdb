package stdlib

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/value"
)

// maxFormat bounds the length of one conversion specification.
const maxFormat = 22

// A conversion is one specification of string.format, such as "%-5.2f".
type conversion struct {
	text        string // as written
	flags       string
	width, prec int // prec is -1 where none is given
	verb        byte
	plain       bool // nothing but % and the verb
	minus, zero bool
	plus, blank bool
	alternative bool
}

func stringFormat(L *lua.LState) int {
	format := checkString(L, 1)
	limit := libOf(L).MaxString
	b := newBuilder(L)
	arg := 1
	for {
		i := strings.IndexByte(format, '%')
		if i < 0 {
			b.add(format)
			return str(L, b.String())
		}
		b.add(format[:i])
		format = format[i+1:]
		if strings.HasPrefix(format, "%") {
			b.WriteByte('%')
			format = format[1:]
			b.tick()
			continue
		}
		if arg++; arg > L.GetTop() {
			argError(L, arg, "no value")
		}
		c := readConversion(L, format)
		format = format[len(c.text)-1:]
		b.add(c.convert(L, arg))
		b.tick()
		if b.Len() > limit {
			fail(L, "resulting string too large")
		}
	}
}

// validFlags are the flags that a conversion may have.
var validFlags = map[byte]string{
	'd': "-+ 0", 'i': "-+ 0", 'u': "-0", 'c': "-", 'p': "-", 's': "-", 'q': "-+ #0",
	'x': "-#0", 'X': "-#0", 'o': "-#0",
	'a': "-+ #0", 'A': "-+ #0", 'e': "-+ #0", 'E': "-+ #0", 'f': "-+ #0", 'g': "-+ #0", 'G': "-+ #0",
}

func readConversion(L *lua.LState, s string) conversion {
	n := 0
	for n < len(s) && strings.IndexByte("-+ #0123456789.", s[n]) >= 0 {
		n++
	}
	if n >= maxFormat {
		fail(L, "invalid format (too long)")
	}
	c := conversion{text: "%" + s[:min(n+1, len(s))], prec: -1, plain: n == 0}
	if n < len(s) {
		c.verb = s[n]
	}
	flags, ok := validFlags[c.verb]
	if !ok {
		fail(L, "invalid conversion '%s' to 'format'", c.text)
	}
	if c.verb == 'q' && n > 0 {
		fail(L, "specifier '%%q' cannot have modifiers")
	}
	spec := s[:n]
	k := 0
	for k < n && strings.IndexByte(flags, spec[k]) >= 0 {
		k++
	}
	c.flags, spec = spec[:k], spec[k:]
	if !strings.HasPrefix(spec, "0") { // a width doesn't begin with 0, which is a flag
		c.width, spec = twoDigits(spec)
	}
	if strings.HasPrefix(spec, ".") && c.verb != 'c' && c.verb != 'p' {
		c.prec, spec = twoDigits(spec[1:])
	}
	if spec != "" {
		fail(L, "invalid conversion specification: '%s'", c.text)
	}
	has := func(flag string) bool { return strings.Contains(c.flags, flag) }
	c.minus, c.zero, c.plus, c.blank, c.alternative = has("-"), has("0"), has("+"), has(" "), has("#")
	return c
}

func twoDigits(s string) (int, string) {
	n := 0
	for n < 2 && n < len(s) && isDigit(s[n]) {
		n++
	}
	v, _ := strconv.Atoi(s[:n])
	return v, s[n:]
}

// convert converts argument n.
func (c conversion) convert(L *lua.LState, n int) string {
	switch c.verb {
	case 'd', 'i':
		return c.integer(checkInt(L, n))
	case 'u':
		return c.number(c.digits(strconv.FormatUint(uint64(checkInt(L, n)), 10)))
	case 'x', 'X', 'o':
		return c.unsigned(uint64(checkInt(L, n)))
	case 'c':
		return c.pad(string([]byte{byte(checkInt(L, n))}))
	case 'a', 'A':
		return c.hexFloat(checkNumber(L, n))
	case 'e', 'E', 'f', 'g', 'G':
		return c.float(checkNumber(L, n))
	case 'p':
		return c.pad(address(L.Get(n)))
	case 'q':
		return quoted(L, n)
	}
	s := toText(L, L.Get(n))
	if !c.plain && strings.IndexByte(s, 0) >= 0 {
		argError(L, n, "string contains zeros")
	}
	if c.prec >= 0 && len(s) > c.prec {
		s = s[:c.prec]
	}
	return c.pad(s)
}

// pad fills up to the width with blanks.
func (c conversion) pad(s string) string {
	if len(s) >= c.width {
		return s
	}
	fill := strings.Repeat(" ", c.width-len(s))
	if c.minus {
		return s + fill
	}
	return fill + s
}

// number fills the digits of a number up to the precision and the width; s may
// begin with a sign or 0x.
func (c conversion) number(s string) string {
	sign := len(s) - len(strings.TrimLeft(s, "+- "))
	if strings.HasPrefix(s[sign:], "0x") || strings.HasPrefix(s[sign:], "0X") {
		sign += 2
	}
	head, digits := s[:sign], s[sign:]
	if c.zero && !c.minus && c.prec < 0 && len(s) < c.width {
		digits = strings.Repeat("0", c.width-len(s)) + digits
	}
	return c.pad(head + digits)
}

func (c conversion) digits(s string) string {
	if c.prec == 0 && s == "0" {
		return ""
	}
	if len(s) < c.prec {
		return strings.Repeat("0", c.prec-len(s)) + s
	}
	return s
}

func (c conversion) sign(negative bool) string {
	switch {
	case negative:
		return "-"
	case c.plus:
		return "+"
	case c.blank:
		return " "
	}
	return ""
}

func (c conversion) integer(n int64) string {
	digits := strconv.FormatInt(n, 10)
	if n < 0 {
		digits = digits[1:]
	}
	return c.number(c.sign(n < 0) + c.digits(digits))
}

func (c conversion) unsigned(n uint64) string {
	base := 16
	if c.verb == 'o' {
		base = 8
	}
	s := c.digits(strconv.FormatUint(n, base))
	switch {
	case c.alternative && c.verb == 'o' && !strings.HasPrefix(s, "0"):
		s = "0" + s
	case c.alternative && c.verb != 'o' && n != 0:
		s = "0x" + s
	}
	if c.verb == 'X' {
		s = strings.ToUpper(s)
	}
	return c.number(s)
}

// special is the text of the numbers that have no digits.
func (c conversion) special(x float64) (string, bool) {
	var s string
	switch {
	case math.IsNaN(x):
		s = "nan"
	case math.IsInf(x, 0):
		s = "inf"
	default:
		return "", false
	}
	s = c.sign(math.Signbit(x)) + s
	if c.verb < 'a' {
		s = strings.ToUpper(s)
	}
	return c.pad(s), true
}

func (c conversion) float(x float64) string {
	if s, ok := c.special(x); ok {
		return s
	}
	prec := c.prec
	if prec < 0 {
		prec = 6
	}
	var s string
	if c.alternative {
		s = fmt.Sprintf("%#."+strconv.Itoa(prec)+string(c.verb), math.Abs(x))
	} else {
		s = strconv.FormatFloat(math.Abs(x), c.verb, prec, 64)
	}
	c.prec = -1
	return c.number(c.sign(math.Signbit(x)) + s)
}

func (c conversion) hexFloat(x float64) string {
	if s, ok := c.special(x); ok {
		return s
	}
	s := subnormal(math.Abs(x))
	if s == "" || c.prec >= 0 {
		s = strconv.FormatFloat(math.Abs(x), 'x', c.prec, 64)
	}
	// Go writes two digits of the exponent at least, C one.
	if n := len(s); n > 2 && s[n-2] == '0' && (s[n-3] == '+' || s[n-3] == '-') {
		s = s[:n-2] + s[n-1:]
	}
	c.prec = -1
	s = c.sign(math.Signbit(x)) + s
	if c.verb == 'A' {
		s = strings.ToUpper(s)
	}
	return c.number(s)
}

// subnormal is a number below the least with 53 bits as C's %a shows it: with a 0
// in front of the point. It is empty for others.
func subnormal(x float64) string {
	bits := math.Float64bits(x)
	if bits == 0 || bits >= 1<<52 {
		return ""
	}
	return "0x0." + strings.TrimRight(fmt.Sprintf("%013x", bits), "0") + "p-1022"
}

// quoted is argument n as a literal that Lua reads back.
func quoted(L *lua.LState, n int) string {
	switch v := L.Get(n).(type) {
	case lua.LString:
		return quoteString(L, string(v))
	case lua.LNumber, value.Int, value.Float:
		return quoteNumber(v)
	case lua.LBool, *lua.LNilType:
		if n <= L.GetTop() {
			return v.String()
		}
	}
	argError(L, n, "value has no literal form")
	return ""
}

func quoteNumber(v lua.LValue) string {
	i, x, kind := value.Read(v)
	switch {
	case kind == value.Integer && i == math.MinInt64:
		return "0x8000000000000000"
	case kind == value.Integer:
		return strconv.FormatInt(i, 10)
	case math.IsInf(x, 1):
		return "1e9999"
	case math.IsInf(x, -1):
		return "-1e9999"
	case math.IsNaN(x):
		return "(0/0)"
	}
	return conversion{verb: 'a', prec: -1}.hexFloat(x)
}

func quoteString(L *lua.LState, s string) string {
	b, limit := newBuilder(L), libOf(L).MaxString
	b.WriteByte('"')
	for i := range len(s) {
		if b.tick(); b.Len() > limit {
			fail(L, "resulting string too large")
		}
		switch c := s[i]; {
		case c == '"' || c == '\\' || c == '\n':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < 0x20 || c == 0x7f:
			if i+1 < len(s) && isDigit(s[i+1]) {
				fmt.Fprintf(b, "\\%03d", c)
			} else {
				fmt.Fprintf(b, "\\%d", c)
			}
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
