package lfs

import (
	"os"

	"devnode/runtime/library"
)

// attributes is lfs.attributes(path, what): all of them in a new table, or in the one
// given, or the one of that name.
func attributes(c library.Call) {
	path := c.String(1)
	describe(c, path, os.Stat)
}

// symlinkAttributes is lfs.symlinkattributes(path, what): those of a link itself, with
// its target.
func symlinkAttributes(c library.Call) {
	path := c.String(1)
	target, err := os.Readlink(path)
	switch {
	case c.Arg(2) != library.String("target"):
		if all := describe(c, path, os.Lstat); err == nil {
			all.SetField("target", library.String(target))
		}
	case err != nil:
		fail(c, "could not obtain link target", err)
	default:
		c.Return(library.String(target))
	}
}

// fail returns nil, a reason with its beginning, and the number of the error.
func fail(c library.Call, what string, err error) {
	text, number := library.SystemError(err)
	c.Return(library.Nil, library.String(what+": "+text), library.Int(int64(number)))
}

// describe returns what argument 2 asks for. The table is that of all attributes.
func describe(c library.Call, path string, stat func(string) (os.FileInfo, error)) library.Table {
	all, given := c.Arg(2).Table()
	if !given {
		all = c.NewTable(0, 16)
	}
	var info os.FileInfo
	var err error
	c.Block(func() { info, err = stat(path) })
	if err != nil {
		fail(c, "cannot obtain information from file '"+path+"'", err)
		return all
	}
	all.SetField("mode", library.String(kinds[info.Mode().Type()]))
	all.SetField("permissions", library.String(info.Mode().Perm().String()[1:]))
	all.SetField("size", library.Int(info.Size()))
	for _, name := range []string{"modification", "access", "change"} {
		all.SetField(name, library.Int(info.ModTime().Unix()))
	}
	describeSystem(info, func(name string, n int64) { all.SetField(name, library.Int(n)) })
	switch name := c.Arg(2).Text(); {
	case c.Arg(2).IsNil() || given:
		c.Return(all.Value())
	case all.Field(name).IsNil():
		c.Raise("invalid attribute name '%s'", name)
	default:
		c.Return(all.Field(name))
	}
	return all
}

var kinds = map[os.FileMode]string{
	0: "file", os.ModeDir: "directory", os.ModeSymlink: "link", os.ModeSocket: "socket", os.ModeNamedPipe: "named pipe",
	os.ModeDevice | os.ModeCharDevice: "char device", os.ModeDevice: "block device", os.ModeIrregular: "other",
}
