package cjson

import (
	"math"
	"slices"

	"devnode/runtime/library"
)

// depthLimit bounds nesting whatever a script sets: as C Lua's stack does there, so that no text makes Go's overflow.
const depthLimit = 100_000

// How encode_invalid_numbers has NaN and the infinities written.
const (
	invalidRefused = iota
	invalidWritten
	invalidNull
)

// invalidWords are the settings' names.
var invalidWords = []string{"off", "on", "null"}

// config is what one cjson module is set to: that of require, or one made by new.
type config struct {
	sparseConvert            bool
	sparseRatio, sparseSafe  int
	encodeDepth, decodeDepth int
	encodeInvalid            int
	decodeInvalid            bool
	keepBuffer               bool
	precision                int
	emptyAsObject            bool
	arrayMetatable           bool
	comments                 bool
	escapeSlash              bool
	skipUnsupported          bool
	indent                   string
	marks                    *marks
}

// defaults are the settings of a new module, whose marks for arrays are those of its service.
func defaults(m *marks) *config {
	return &config{
		sparseRatio: 2, sparseSafe: 10,
		encodeDepth: 1000, decodeDepth: 1000,
		decodeInvalid: true, keepBuffer: true,
		precision:     14,
		emptyAsObject: true, escapeSlash: true,
		marks: m,
	}
}

// settings are the functions by which a script reads and changes a config.
func (cfg *config) settings() map[string]library.Function {
	return map[string]library.Function{
		"encode_sparse_array": func(c library.Call) {
			atMost(c, 3)
			c.Return(flag(c, 1, &cfg.sparseConvert), number(c, 2, &cfg.sparseRatio, 0, math.MaxInt32), number(c, 3, &cfg.sparseSafe, 0, math.MaxInt32))
		},
		"encode_max_depth":                    oneNumber(&cfg.encodeDepth, 1, math.MaxInt32),
		"decode_max_depth":                    oneNumber(&cfg.decodeDepth, 1, math.MaxInt32),
		"encode_number_precision":             oneNumber(&cfg.precision, 1, 16),
		"encode_keep_buffer":                  oneFlag(&cfg.keepBuffer),
		"encode_invalid_numbers":              cfg.invalidNumbers,
		"decode_invalid_numbers":              oneFlag(&cfg.decodeInvalid),
		"encode_empty_table_as_object":        oneFlag(&cfg.emptyAsObject),
		"decode_array_with_array_mt":          oneFlag(&cfg.arrayMetatable),
		"decode_allow_comment":                oneFlag(&cfg.comments),
		"encode_escape_forward_slash":         oneFlag(&cfg.escapeSlash),
		"encode_skip_unsupported_value_types": oneFlag(&cfg.skipUnsupported),
		"encode_indent": func(c library.Call) {
			atMost(c, 1)
			if !c.Arg(1).IsNil() {
				cfg.indent = c.String(1)
			}
			c.Return(library.String(cfg.indent))
		},
	}
}

func (cfg *config) invalidNumbers(c library.Call) {
	atMost(c, 1)
	if b, ok := c.Arg(1).Bool(); ok {
		cfg.encodeInvalid = invalidRefused
		if b {
			cfg.encodeInvalid = invalidWritten
		}
	} else if !c.Arg(1).IsNil() {
		cfg.encodeInvalid = slices.Index(invalidWords, c.Option(1, "", invalidWords...))
	}
	if cfg.encodeInvalid == invalidNull {
		c.Return(library.String("null"))
		return
	}
	c.Return(library.Bool(cfg.encodeInvalid == invalidWritten))
}

func oneFlag(setting *bool) library.Function {
	return func(c library.Call) {
		atMost(c, 1)
		c.Return(flag(c, 1, setting))
	}
}

func oneNumber(setting *int, least, most int64) library.Function {
	return func(c library.Call) {
		atMost(c, 1)
		c.Return(number(c, 1, setting, least, most))
	}
}

func atMost(c library.Call, n int) {
	if c.Args() > n {
		c.ArgError(n+1, "found too many arguments")
	}
}

// flag sets a setting by argument n, unless that is nil, and returns it.
func flag(c library.Call, n int, setting *bool) library.Value {
	if b, ok := c.Arg(n).Bool(); ok {
		*setting = b
	} else if !c.Arg(n).IsNil() {
		*setting = c.Option(n, "", "off", "on") == "on"
	}
	return library.Bool(*setting)
}

// number sets a setting by argument n, unless that is nil, and returns it. What is out of range is the fault of argument 1,
// whichever it is, as in the library in C.
func number(c library.Call, n int, setting *int, least, most int64) library.Value {
	if !c.Arg(n).IsNil() {
		v := c.Int(n)
		if v < least || v > most {
			c.ArgError(1, "expected integer between %d and %d", least, most)
		}
		*setting = int(v)
	}
	return library.Int(int64(*setting))
}
