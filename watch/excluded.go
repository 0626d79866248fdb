package watch

import (
	"errors"
	"path/filepath"
)

// Excluded reports whether the .devnodeignore files in the folder of a file and
// in those above it exclude the file: for the consumer that names its files
// singly, whom the rules of roots don't concern. The files are read each time.
// An error tells what is wrong with one; the rest of it holds.
func Excluded(path string) (bool, error) {
	path, err := absolute(path)
	if err != nil {
		return false, err
	}
	var folders []string
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		folders = append(folders, dir)
		if dir == filepath.Dir(dir) {
			break
		}
	}
	var rules *ruleset
	var faults []error
	for i := len(folders) - 1; i >= 0; i-- {
		if i < len(folders)-1 && rules.matches(folders[i], true) {
			return true, errors.Join(faults...)
		}
		if rules, err = rules.withFile(folders[i], folders[i]); err != nil {
			faults = append(faults, err)
		}
	}
	return rules.matches(path, false), errors.Join(faults...)
}
