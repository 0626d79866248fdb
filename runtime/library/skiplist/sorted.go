package skiplist

import (
	"slices"
	"sort"
)

// item is a member: lower scores come first, of those that are equal higher times, and of those lower names.
type item struct {
	score, time float64
	member      string
}

func (a item) before(b item) bool {
	if a.score != b.score {
		return a.score < b.score
	}
	if a.time != b.time {
		return a.time > b.time
	}
	return a.member < b.member
}

// maxBlock is how many items stand in a block, of which half go into a new one then.
const maxBlock = 512

// sorted is the items in order. No block is empty.
type sorted struct {
	blocks [][]item
	count  int
}

// place is where an item stands, or would.
type place struct{ block, index int }

// search is the first place of which is says true, which it does for all behind it. It may be behind the last one.
func (s *sorted) search(is func(item) bool) place {
	b := sort.Search(len(s.blocks), func(i int) bool { return is(s.blocks[i][len(s.blocks[i])-1]) })
	if b == len(s.blocks) {
		return place{b, 0}
	}
	return place{b, sort.Search(len(s.blocks[b]), func(i int) bool { return is(s.blocks[b][i]) })}
}

// lower is the place of the first item that isn't before one, upper of the first that is behind it.
func (s *sorted) lower(x item) place { return s.search(func(y item) bool { return !y.before(x) }) }
func (s *sorted) upper(x item) place { return s.search(func(y item) bool { return x.before(y) }) }

// rank is how many items stand before a place.
func (s *sorted) rank(p place) (n int) {
	for _, b := range s.blocks[:p.block] {
		n += len(b)
	}
	return n + p.index
}

// at is the place with so many items before it.
func (s *sorted) at(rank int) place {
	for i, b := range s.blocks {
		if rank < len(b) {
			return place{i, rank}
		}
		rank -= len(b)
	}
	return place{len(s.blocks), 0}
}

// get is the item at a place. It is false behind the last one.
func (s *sorted) get(p place) (x item, ok bool) {
	if p.block >= len(s.blocks) || p.block < 0 {
		return x, false
	}
	return s.blocks[p.block][p.index], true
}

func (s *sorted) next(p place) place {
	if p.index++; p.index == len(s.blocks[p.block]) {
		return place{p.block + 1, 0}
	}
	return p
}

// previous is the place before one: its block is -1 before the first item.
func (s *sorted) previous(p place) place {
	if p.index > 0 {
		return place{p.block, p.index - 1}
	}
	if p.block == 0 {
		return place{-1, 0}
	}
	return place{p.block - 1, len(s.blocks[p.block-1]) - 1}
}

func (s *sorted) insert(x item) {
	s.count++
	p := s.lower(x)
	if p.block == len(s.blocks) {
		if p.block == 0 {
			s.blocks = append(s.blocks, []item{x})
			return
		}
		p = place{p.block - 1, len(s.blocks[p.block-1])}
	}
	b := slices.Insert(s.blocks[p.block], p.index, x)
	s.blocks[p.block] = b
	if len(b) > maxBlock {
		half := slices.Clone(b[maxBlock/2:])
		clear(b[maxBlock/2:])
		s.blocks[p.block] = b[:maxBlock/2]
		s.blocks = slices.Insert(s.blocks, p.block+1, half)
	}
}

// remove takes away up to n items from a place on.
func (s *sorted) remove(p place, n int) (removed []item) {
	for len(removed) < n && p.block < len(s.blocks) {
		b := s.blocks[p.block]
		end := min(p.index+n-len(removed), len(b))
		removed = append(removed, b[p.index:end]...)
		if b = slices.Delete(b, p.index, end); len(b) == 0 {
			s.blocks = slices.Delete(s.blocks, p.block, p.block+1)
			p.index = 0
			continue
		}
		s.blocks[p.block] = b
		p = place{p.block + 1, 0}
	}
	s.count -= len(removed)
	return removed
}
