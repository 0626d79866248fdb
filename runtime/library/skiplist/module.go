package skiplist

import (
	"devnode/runtime/library"
)

// Module is what require "skiplist.c" returns: it is called to make a list.
func Module() library.Module {
	return library.Module{Name: "skiplist.c", Open: func(c library.Call, module library.Table) {
		mt := c.NewTable(0, 1)
		mt.SetField("__call", c.NewFunction(func(c library.Call) { c.Return(class.New(c, &sorted{})) }))
		module.SetMetatable(mt.Value())
	}}
}

// class is that of lists.
var class = &library.Class{Methods: map[string]library.Function{
	"insert": insert, "delete": remove, "delete_by_score": deleteByScore, "delete_by_rank": deleteByRank, "get_count": getCount,
	"get_rank": getRank, "get_rank_range": getRankRange, "get_score_range": getScoreRange, "get_member_by_rank": getMemberByRank, "dump": dump,
}}

func listArg(c library.Call) *sorted {
	s, ok := library.Held[*sorted](c.Arg(1))
	if !ok {
		c.Raise("must be skiplist object")
	}
	return s
}

// itemArg is arguments 2 to 4: a score, a member, and a time, which is 0 where there is none.
func itemArg(c library.Call) item {
	x := item{score: c.Float(2)}
	member, ok := c.Arg(3).Str()
	if !ok {
		c.TypeError(3, "string")
	}
	x.member = member
	if time, ok := c.Arg(c.Args()).ToNumber(); ok && c.Args() >= 4 {
		x.time, _ = time.Float()
	}
	return x
}

func insert(c library.Call) { listArg(c).insert(itemArg(c)) }

func remove(c library.Call) {
	s, x := listArg(c), itemArg(c)
	p := s.lower(x)
	found, ok := s.get(p)
	if ok = ok && found.score == x.score && found.member == x.member; ok {
		s.remove(p, 1)
	}
	c.Return(library.Bool(ok))
}

// tell calls argument 4 with each member that was removed.
func tell(c library.Call, removed []item) {
	for _, x := range removed {
		c.Apply(c.Arg(4), library.String(x.member))
	}
	c.Return(library.Int(int64(len(removed))))
}

func wantFunction(c library.Call) {
	if c.Arg(4).Type() != "function" {
		c.TypeError(4, "function")
	}
}

func deleteByScore(c library.Call) {
	s, low, high := listArg(c), float64(c.Int(2)), float64(c.Int(3))
	wantFunction(c)
	low, high = min(low, high), max(low, high)
	from, to := s.from(low), s.behind(high)
	tell(c, s.remove(from, s.rank(to)-s.rank(from)))
}

// from is the place of the first item with a score, or a higher one; behind that of the first with a higher one.
func (s *sorted) from(score float64) place {
	return s.search(func(x item) bool { return x.score >= score })
}
func (s *sorted) behind(score float64) place {
	return s.search(func(x item) bool { return x.score > score })
}

func deleteByRank(c library.Call) {
	s, first, last := listArg(c), uint32(c.Int(2)), uint32(c.Int(3))
	wantFunction(c)
	first, last = max(min(first, last), 1), max(first, last)
	n := min(int64(last), int64(s.count)) - int64(first) + 1
	if n <= 0 {
		c.Return(library.Int(0))
		return
	}
	tell(c, s.remove(s.at(int(first)-1), int(n)))
}

func getCount(c library.Call) { c.Return(library.Int(int64(listArg(c).count))) }

func getRank(c library.Call) {
	s, x := listArg(c), itemArg(c)
	p := s.upper(x)
	if last, ok := s.get(s.previous(p)); ok && last.member == x.member {
		c.Return(library.Int(int64(s.rank(p))))
	}
}

// members is a list of up to n members from a place on, or back.
func (s *sorted) members(c library.Call, p place, n int, back bool, while func(item) bool) library.Value {
	list := c.NewTable(max(min(n, s.count), 0), 0)
	for count := 1; count <= n; count++ {
		x, ok := s.get(p)
		if !ok || !while(x) {
			break
		}
		list.Append(library.String(x.member))
		if back {
			p = s.previous(p)
		} else {
			p = s.next(p)
		}
		if count%4096 == 0 {
			c.Poll()
		}
	}
	return list.Value()
}

func all(item) bool { return true }

func getRankRange(c library.Call) {
	s, first, last := listArg(c), c.Int(2), c.Int(3)
	p := place{len(s.blocks), 0}
	if first > 0 && first <= int64(s.count) {
		p = s.at(int(first) - 1)
	}
	n, back := uint64(last)-uint64(first)+1, uint64(first) > uint64(last)
	if back {
		n = uint64(first) - uint64(last) + 1
	}
	c.Return(s.members(c, p, int(int32(n)), back, all)) // of 32 bits, as in C
}

func getScoreRange(c library.Call) {
	s, first, last := listArg(c), c.Float(2), c.Float(3)
	if first <= last {
		c.Return(s.members(c, s.from(first), s.count, false, func(x item) bool { return x.score <= last }))
		return
	}
	p := s.behind(first)
	if s.count == 0 {
		c.Return(c.NewTable(0, 0).Value())
		return
	}
	c.Return(s.members(c, s.previous(p), s.count, true, func(x item) bool { return x.score >= last }))
}

func getMemberByRank(c library.Call) {
	s, rank := listArg(c), c.Int(2)
	if rank > 0 && rank <= int64(s.count) {
		x, _ := s.get(s.at(int(rank) - 1))
		c.Return(library.String(x.member))
	}
}

// dump writes the items to the log.
func dump(c library.Call) {
	n := 0
	for _, b := range listArg(c).blocks {
		for _, x := range b {
			n++
			c.Service().Log("node %d: score:%f, member:%s ts:%f", n, x.score, x.member, x.time)
		}
	}
}
