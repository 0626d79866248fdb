package settings

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"devnode/runtime"
)

// MissingError says which script was looked for, and where.
type MissingError struct {
	Name  string
	Tried []string
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("%s: no such script; looked for %s", e.Name, strings.Join(e.Tried, ", "))
}

// setMain finds the main script, and with it the folders where other services and
// modules are looked up: beside it first, as most projects have it, then where
// skynet's own defaults look. What a configuration file starts is a service's name,
// and is looked up in luaservice, as skynet does; what the command line says may be a
// file.
func (s *Settings) setMain(r Run) error {
	main, args, err := s.firstService(r)
	if err != nil {
		return err
	}
	s.Args = args
	services := firstOf(r.Path, s.Env["luaservice"])
	file, folder := "", ""
	if r.Main != "" && !(services != "" && isService(main, templates(services))) {
		file, folder = asFile(main)
	}
	switch {
	case services != "":
		s.ServicePath = templates(services)
	case folder != "" && folder != ".":
		s.ServicePath = []string{filepath.ToSlash(folder) + "/?.lua", "./?.lua", "./service/?.lua"}
	default:
		s.ServicePath = []string{"./?.lua", "./service/?.lua"}
	}
	s.setLuaPath(r, folder)
	if err := s.findSkynet(r.Skynet, folder); err != nil {
		return err
	}
	if file == "" {
		return s.lookUp(main, r.Builtin)
	}
	if info, err := os.Stat(file); err != nil || info.IsDir() {
		return &MissingError{Name: main, Tried: []string{file}}
	}
	s.MainFile, s.Main = file, s.nameOf(file)
	return nil
}

// Title is how the main service is called in words: by its file, if it has one.
func (s *Settings) Title() string { return firstOf(s.MainFile, s.Main) }

// isService tells whether the name is one that the service path finds. A name that
// ends in .lua means a file.
func isService(name string, path []string) bool {
	file, _ := runtime.FindService(name, path)
	return file != "" && !strings.HasSuffix(name, ".lua")
}

// firstService is the main service and its arguments: the command line's, else
// what the settings bootstrap or start say, by words as in skynet.
func (s *Settings) firstService(r Run) (main string, args []string, err error) {
	if r.Main != "" {
		return r.Main, r.Args, nil
	}
	words := strings.Fields(s.Env["bootstrap"])
	switch {
	case len(words) == 0, slices.Equal(words, []string{"snlua", "bootstrap"}):
		words = strings.Fields(s.Env["start"])
	case words[0] != "snlua" || len(words) < 2:
		return "", nil, fmt.Errorf("bootstrap = %q: want \"snlua SCRIPT\"", s.Env["bootstrap"])
	default:
		words = words[1:]
	}
	switch {
	case len(words) > 0:
		return words[0], append(words[1:], r.Args...), nil
	case r.ConfigFile == "":
		return "", nil, errors.New("run: which script? Give a .lua file, a service name, or --config FILE")
	}
	return "main", r.Args, nil // skynet's default
}

// asFile tells whether main means a file: it is called .lua, or is one without
// that ending.
func asFile(main string) (file, folder string) {
	if !strings.HasSuffix(main, ".lua") {
		if info, err := os.Stat(main + ".lua"); err != nil || info.IsDir() {
			return "", ""
		}
		main += ".lua"
	}
	return main, filepath.Dir(main)
}

// nameOf is the name by which a service with this script is launched: the one that
// the service path finds it by, such as test/main for "./?.lua", or the file's own.
func (s *Settings) nameOf(file string) string {
	own, err := os.Stat(file)
	if err != nil {
		return file
	}
	for _, template := range s.ServicePath {
		before, after, ok := strings.Cut(path.Clean(filepath.ToSlash(template)), "?")
		name, begins := strings.CutPrefix(path.Clean(filepath.ToSlash(file)), before)
		name, ends := strings.CutSuffix(name, after)
		if !ok || !begins || !ends || name == "" {
			continue
		}
		if found, _ := runtime.FindService(name, s.ServicePath); found != "" {
			if info, err := os.Stat(found); err == nil && os.SameFile(info, own) {
				return name
			}
		}
	}
	return file
}

// lookUp finds a service by its name. builtin tells of those that have no script.
func (s *Settings) lookUp(name string, builtin func(string) bool) error {
	file, tried := runtime.FindService(name, s.ServicePath)
	if file == "" && (builtin == nil || !builtin(name)) {
		return &MissingError{Name: name, Tried: tried}
	}
	s.Main, s.MainFile = name, file
	return nil
}

// setLuaPath chooses where require looks.
func (s *Settings) setLuaPath(r Run, folder string) {
	s.LuaPath = firstOf(r.LuaPath, s.Env["lua_path"])
	if s.LuaPath != "" {
		return
	}
	s.LuaPath = "./?.lua;./lualib/?.lua;./?/init.lua"
	if folder != "" && folder != "." {
		f := filepath.ToSlash(folder)
		s.LuaPath = f + "/?.lua;" + f + "/lualib/?.lua;" + f + "/?/init.lua;" + s.LuaPath
	}
}

// templates splits a search path.
func templates(path string) []string {
	var list []string
	for t := range strings.SplitSeq(path, ";") {
		if t = strings.TrimSpace(t); t != "" {
			list = append(list, t)
		}
	}
	return list
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
