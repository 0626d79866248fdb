package runtime

import (
	"fmt"
	"strings"
	"testing"
)

// migrating is a service with a migration, and an expression that it answers with.
func migrating(version int, migration, answer string) string {
	migrate := ""
	if version > 1 {
		migrate = fmt.Sprintf("reload.migrate(%d, function(old, kept) %s end)", version, migration)
	}
	return fmt.Sprintf(`
local skynet = require "skynet"
local reload = require "reload"
local state = reload.keep("state", function() return { old = 5 } end)
local more = VERSION_1 or reload.keep("more", {})
%s
skynet.start(function() skynet.dispatch("lua", function() skynet.retpack(%s) end) end)`, migrate, answer)
}

// A migration can fill what the new code has introduced, and drop what it
// doesn't need any more.
func TestMigrationMovesStateToAnotherName(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": "VERSION_1 = {} " + strings.Replace(migrating(1, "", "more.old"), "state", "former", 2)}, nil)
	h := tn.launch("s")
	tn.write("s.lua", migrating(2, "kept.more.new = kept.former.old * 2 kept.former = nil", "more.new"))
	tn.mustReload(h)
	if got := tn.ask(h); got != "10" {
		t.Errorf("the state: %s", got)
	}
	tn.ask1(tn.service(h), func(s *Service) {
		if _, ok := s.kept["former"]; ok || len(s.kept) != 2 {
			t.Errorf("kept: %v", s.kept)
		}
	})
}

// A value that the new code has been given can't be exchanged behind its back.
func TestMigrationOfWhatWasGiven(t *testing.T) {
	for _, migration := range []string{"kept.state = { new = 1 }", "kept.more = { new = 1 }", "kept.more = nil"} {
		tn := newTestNode(t, map[string]string{"s.lua": migrating(1, "", "state.old")}, nil)
		h := tn.launch("s")
		tn.write("s.lua", migrating(2, migration, "more.new"))
		r := tn.reload1(h, ReloadOptions{})
		if r.Err == nil || !strings.Contains(r.Err.Error(), "change the table in place") {
			t.Errorf("%s: %v", migration, r.Err)
		}
		if got := tn.ask(h); got != "5" {
			t.Errorf("%s: the state after it: %s", migration, got)
		}
	}
}

// Code without a migration takes the state as it is, and leaves it of its version.
func TestCodeOlderThanItsMigration(t *testing.T) {
	tn := newTestNode(t, map[string]string{"s.lua": migrating(1, "", "state.old")}, nil)
	h := tn.launch("s")
	tn.write("s.lua", migrating(2, "state.new, state.old = state.old, nil", "state.new"))
	tn.mustReload(h)
	if r, err := tn.Rollback(tn.ctx, h, 1); err != nil || r.Err != nil {
		t.Fatal(err, r.Err)
	}
	waitFor(t, "the log to say so", func() bool {
		return strings.Contains(tn.log.String(), "the kept state has version 2, and generation 3 has no reload.migrate")
	})
	tn.mustReload(h)
	if got := tn.ask(h); got != "5" {
		t.Errorf("the state: %s", got)
	}
}
