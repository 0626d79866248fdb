package syntax

// SameFunction tells whether function old of one matching's old source and function
// new of another's new source are the same words, whatever their names are.
func SameFunction(of *Matching, old int, in *Matching, new int) bool {
	was, is := of.old.order[old].fn, in.new.order[new].fn
	if len(was.params) != len(is.params) {
		return false
	}
	return functionWords(was).equal(functionWords(is))
}

func functionWords(fn *function) words {
	w := wording{}
	w.expr(fn)
	return w.words
}
