package watch

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// lua is a file of 500 lines.
func lua(n int) []byte {
	return []byte(fmt.Sprintf("-- %d\n", n) + strings.Repeat("local x = 1 -- a line as lines are\n", 499))
}

// saver is a way of saving a file.
type saver struct {
	name string
	save func(path string, data []byte) error
}

func savers() []saver {
	return []saver{
		{"written over", func(path string, data []byte) error { return os.WriteFile(path, data, 0o644) }},
		{"renamed into place", func(path string, data []byte) error {
			if err := os.WriteFile(path+"~", data, 0o644); err != nil {
				return err
			}
			return os.Rename(path+"~", path)
		}},
		{"removed and made again", func(path string, data []byte) error {
			if err := os.Remove(path); err != nil {
				return err
			}
			return os.WriteFile(path, data, 0o644)
		}},
		{"written in 3 chunks", func(path string, data []byte) error {
			f, err := os.Create(path)
			if err != nil {
				return err
			}
			for i := range 3 {
				if _, err := f.Write(data[i*len(data)/3 : (i+1)*len(data)/3]); err != nil {
					return err
				}
				time.Sleep(5 * time.Millisecond)
			}
			return f.Close()
		}},
	}
}

// BenchmarkSave is the time from the end of a save to its batch, a save every
// 150 ms, as percentiles in ms.
func BenchmarkSave(b *testing.B) {
	for _, mode := range []Config{{}, {Mode: Poll}} {
		for _, s := range savers() {
			b.Run(mode.Mode.String()+"/"+s.name, func(b *testing.B) {
				dir := b.TempDir()
				path := filepath.Join(dir, "a.lua")
				os.WriteFile(path, lua(0), 0o644)
				cfg := mode
				cfg.Roots = []string{dir}
				w, err := New(cfg)
				if err != nil {
					b.Fatal(err)
				}
				defer w.Close()
				var took []time.Duration
				for n := 1; b.Loop(); n++ {
					data := lua(n)
					if err := s.save(path, data); err != nil {
						b.Fatal(err)
					}
					saved := time.Now()
					for batch := range w.Batches() {
						if batch.Changes[0].Hash == Sum(data) {
							break
						}
					}
					took = append(took, time.Since(saved))
					time.Sleep(150 * time.Millisecond)
				}
				percentiles(b, took)
			})
		}
	}
}

func percentiles(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	at := func(q float64) float64 {
		return float64(took[min(len(took)-1, int(q*float64(len(took))))].Microseconds()) / 1000
	}
	b.ReportMetric(at(0.50), "ms/p50")
	b.ReportMetric(at(0.90), "ms/p90")
	b.ReportMetric(at(0.99), "ms/p99")
	b.ReportMetric(at(1), "ms/max")
	b.ReportMetric(0, "ns/op")
}

// manyFiles makes a tree of n files in folders of 20.
func manyFiles(b *testing.B, n int) string {
	dir := b.TempDir()
	for i := range n {
		sub := filepath.Join(dir, fmt.Sprintf("d%03d", i/20))
		if i%20 == 0 {
			os.Mkdir(sub, 0o755)
		}
		if err := os.WriteFile(filepath.Join(sub, fmt.Sprintf("m%05d.lua", i)), lua(i), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

// BenchmarkNew is the time to start with 10,000 files of 500 lines.
func BenchmarkNew(b *testing.B) {
	dir := manyFiles(b, 10000)
	for b.Loop() {
		w, err := New(Config{Roots: []string{dir}})
		if err != nil {
			b.Fatal(err)
		}
		w.Close()
	}
}

// BenchmarkCheckout is the time from the end of the writing of 500 files to
// their batch.
func BenchmarkCheckout(b *testing.B) {
	dir := manyFiles(b, 500)
	w, err := New(Config{Roots: []string{dir}})
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	var took []time.Duration
	batches := 0
	for n := 1; b.Loop(); n++ {
		for i := range 500 {
			path := filepath.Join(dir, fmt.Sprintf("d%03d", i/20), fmt.Sprintf("m%05d.lua", i))
			os.Remove(path)
			if err := os.WriteFile(path, lua(i+n*1000), 0o644); err != nil {
				b.Fatal(err)
			}
		}
		saved := time.Now()
		for got := 0; got < 500; {
			got += len((<-w.Batches()).Changes)
			batches++
		}
		took = append(took, time.Since(saved))
		time.Sleep(150 * time.Millisecond)
	}
	percentiles(b, took)
	b.ReportMetric(float64(batches)/float64(len(took)), "batches")
}
