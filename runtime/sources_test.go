package runtime

import (
	"testing"

	"devnode/runtime/lua/layout"
)

func TestServicesShareTheContentsOfTheirFiles(t *testing.T) {
	if layout.Own {
		t.Skip("without unsafe code each service has its own copy")
	}
	tn := newTestNode(t, map[string]string{"s.lua": version(1)}, nil)
	var held []*byte
	for range 2 {
		s, err := tn.Service(tn.launch("s"))
		if err != nil {
			t.Fatal(err)
		}
		_, data := s.standing.Load().files.main()
		if string(data) != version(1) {
			t.Errorf("the service has %q", data)
		}
		held = append(held, &data[0])
	}
	if held[0] != held[1] {
		t.Error("two services hold the same file twice")
	}
}
