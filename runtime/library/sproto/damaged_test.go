package sproto

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

const sample = `
.Person { name 0 : string id 1 : integer money 2 : integer(2) .Phone { number 0 : string } phone 4 : *Phone best 9 : Person } # one
.Lists { ints 0 : *integer byid 4 : *Person(id) map 5 : *Pair() blobs 9 : *binary far 300 : double }
.Pair { key 0 : string value 1 : Person.Phone }
login 1 { request { who 0 : string } response Lists }
quit 5 { response nil }
`

// TestDamaged reads descriptions and bundles that were changed at random, for half a second each, or as long as the environment's
// LIBRARY_FUZZ says, in seconds, which also has the changes be others each time.
func TestDamaged(t *testing.T) {
	seed, lasts := uint64(1), 500*time.Millisecond
	if seconds, err := strconv.Atoi(os.Getenv("LIBRARY_FUZZ")); err == nil {
		seed, lasts = rand.Uint64(), time.Duration(seconds)*time.Second
	}
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	d, err := parse(sample, "sample")
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := d.bundle()
	if err != nil {
		t.Fatal(err)
	}
	if load(bundle) == nil {
		t.Fatal("the bundle is none")
	}
	loaded := 0
	for end := time.Now().Add(lasts); time.Now().Before(end); {
		if p := load(damage(random, bundle)); p != nil {
			loaded++
		}
		if d, err := parse(string(damage(random, []byte(sample))), "sample"); err == nil {
			if b, err := d.bundle(); err == nil && load(b) == nil {
				t.Fatalf("%+v makes no bundle", d)
			}
		}
		unpack(damage(random, pack(bundle)))
	}
	if loaded == 0 {
		t.Error("no damaged bundle was read")
	}
}

func damage(random *rand.Rand, b []byte) []byte {
	b = append([]byte(nil), b...)
	for range 1 + random.IntN(4) {
		i := random.IntN(len(b))
		switch random.IntN(4) {
		case 0:
			b = b[:max(i, 1)]
		case 1:
			b[i] = byte(random.IntN(256))
		case 2:
			b[i] = byte(random.IntN(4))
		default:
			b = append(b[:i:i], b[random.IntN(len(b)):]...)
			if len(b) == 0 {
				b = []byte{0}
			}
		}
	}
	return b
}
