// Package lfs is LuaFileSystem for services. It is written as a library of a user's own
// would be, on package library alone. As in C, a service waits for the file system, and
// handles no other message meanwhile.
package lfs

import (
	"os"
	"time"

	"devnode/runtime/library"
)

// Module is what require "lfs" returns.
func Module() library.Module {
	return library.Module{
		Name: "lfs",
		Functions: map[string]library.Function{
			"attributes":        attributes,
			"symlinkattributes": symlinkAttributes,
			"dir":               dir,
			"mkdir":             func(c library.Call) { path := c.String(1); change(c, func() error { return os.Mkdir(path, 0o777) }) },
			"rmdir":             func(c library.Call) { path := c.String(1); change(c, func() error { return removeDir(path) }) },
			"chdir":             chdir, "currentdir": currentDir, "lock_dir": lockDir, "lock": lock, "unlock": unlock, "touch": touch, "setmode": setMode, "link": link,
		},
		Constants: map[string]library.Value{"_VERSION": library.String("LuaFileSystem 1.8.0")},
	}
}

// change has the file system changed, and returns true, or nil, the reason and its number.
func change(c library.Call, do func() error) {
	var err error
	c.Block(func() { err = do() })
	c.Result(err)
}

// listing is what is left to be listed of a directory.
type listing struct {
	names  []string
	closed bool
}

const listingName = "directory metatable"

var listings = library.Class{
	Name:    listingName,
	Methods: map[string]library.Function{"next": next, "close": closeListing},
	Events:  map[string]library.Function{"__close": closeListing},
}

// dir is lfs.dir(path): what a for loop over the names in a directory wants.
func dir(c library.Call) {
	path, list := c.String(1), &listing{names: []string{".", ".."}}
	var entries []os.DirEntry
	var err error
	c.Block(func() { entries, err = os.ReadDir(path) })
	if err != nil {
		text, _ := library.SystemError(err)
		c.Raise("cannot open %s: %s", path, text)
	}
	for _, e := range entries {
		list.names = append(list.names, e.Name())
	}
	object := listings.New(c, list)
	c.Return(c.Index(object, library.String("next")), object, library.Nil, object)
}

func next(c library.Call) {
	list := library.Object[*listing](c, 1, listingName)
	switch {
	case list.closed:
		c.ArgError(1, "closed directory")
	case len(list.names) == 0:
		list.closed = true
		c.Return(library.Nil)
	default:
		c.Return(library.String(list.names[0]))
		list.names = list.names[1:]
	}
}

func closeListing(c library.Call) {
	library.Object[*listing](c, 1, listingName).closed = true
}

func chdir(c library.Call) {
	if err := os.Chdir(c.String(1)); err != nil {
		text, _ := library.SystemError(err)
		c.Fail("Unable to change working directory to '" + c.String(1) + "'\n" + text + "\n")
		return
	}
	c.Return(library.Bool(true))
}

func currentDir(c library.Call) {
	if path, err := os.Getwd(); err == nil {
		c.Return(library.String(path))
	} else {
		c.Result(err)
	}
}

// touch is lfs.touch(path, access, modification): now where they aren't given.
func touch(c library.Call) {
	path, access := c.String(1), c.OptInt(2, time.Now().Unix())
	modification := c.OptInt(3, access)
	change(c, func() error { return os.Chtimes(path, time.Unix(access, 0), time.Unix(modification, 0)) })
}

// link is lfs.link(old, new, symbolic).
func link(c library.Call) {
	from, to, do := c.String(1), c.String(2), os.Link
	if c.Bool(3) {
		do = os.Symlink
	}
	change(c, func() error { return do(from, to) })
}
