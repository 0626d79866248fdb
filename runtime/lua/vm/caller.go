package vm

// Caller is where the innermost Lua function is at, as an error begins: also where that
// called a Go function by way of another one, as pcall.
func (f *Fiber) Caller() string {
	if f == nil {
		return ""
	}
	for level := 0; level < 10; level++ {
		if !f.HasLevel(level) {
			break
		}
		if where := f.Where(level); where != "" {
			return where
		}
	}
	return ""
}
