package runtime

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/internal/actor"
)

// rootFields are the fields of Generation and Service that lead to Lua values.
// Whoever adds one has walkState walk it, or says here why not.
var rootFields = map[string]string{
	"Generation.byType":         "protos has them",
	"Generation.debugCommands":  "walked",
	"Generation.files":          "cells of variables: functions that use them are found by themselves",
	"Generation.filter":         "walked",
	"Generation.infoFunc":       "walked",
	"Generation.inits":          "walked",
	"Generation.replEnvs":       "walked",
	"Generation.loading":        "walked",
	"Generation.lua":            "protos has it",
	"Generation.protos":         "walked",
	"Generation.reload":         "walked",
	"Generation.requiring":      "loading has them",
	"Generation.responses":      "walked",
	"Generation.skynet":         "walked",
	"Generation.start":          "walked apart: it has run",
	"Generation.startWork":      "data, to be compared with",
	"Generation.cellStart":      "nil once it runs",
	"Generation.successor":      "what other names of it and of the next one hold",
	"Generation.unknownAnswer":  "walked",
	"Generation.unknownRequest": "walked",
	"Service.aside":             "messages",
	"Service.cell":              "a prototype, and copies of arguments",
	"Service.classes":           "walked",
	"Service.message":           "a message: no functions can be sent",
	"Service.held":              "messages",
	"Service.initialised":       "of a message: no functions can be sent",
	"Service.kept":              "walked",
	"Service.keptResponses":     "walked",
	"Service.keptVersion":       "walked",
	"Service.sleepers":          "walked",
	"Service.tried":             "files, as Generation.files",
	"Service.upgrade":           "there is none when a patch is made",
	"Service.woken":             "tokens, which sleepers has",
}

func TestPatchKnowsAllRoots(t *testing.T) {
	for _, typ := range []reflect.Type{reflect.TypeFor[Generation](), reflect.TypeFor[Service]()} {
		for _, field := range reflect.VisibleFields(typ) {
			name := typ.Name() + "." + field.Name
			if !field.Anonymous && leadsToLua(field.Type, nil) && rootFields[name] == "" {
				t.Errorf("%s leads to Lua values: walkState has to walk it, or rootFields to say why not", name)
			}
		}
	}
}

// leadsToLua tells whether a value of the type may hold Lua values, itself or
// by types of this package, but for those that have other owners.
func leadsToLua(t reflect.Type, above []reflect.Type) bool {
	if strings.HasSuffix(t.PkgPath(), "gopher-lua") {
		return t != reflect.TypeFor[lua.FunctionProto]()
	}
	switch t {
	case reflect.TypeFor[Service](), reflect.TypeFor[Generation](), reflect.TypeFor[Node](), reflect.TypeFor[Task](), reflect.TypeFor[worker](), reflect.TypeFor[actor.Actor]():
		return false
	}
	if slices.Contains(above, t) {
		return false
	}
	above = append(above, t)
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return leadsToLua(t.Elem(), above)
	case reflect.Map:
		return leadsToLua(t.Key(), above) || leadsToLua(t.Elem(), above)
	case reflect.Struct:
		if !strings.HasSuffix(t.PkgPath(), "devnode/runtime") {
			return false
		}
		for i := range t.NumField() {
			if leadsToLua(t.Field(i).Type, above) {
				return true
			}
		}
	}
	return false
}
