package settings

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// MissingError says which script was looked for, and where.
type MissingError struct {
	Name  string
	Tried []string
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("%s: no such script; looked for %s", e.Name, strings.Join(e.Tried, ", "))
}

// setMain finds the main script, and from it the folders where other services
// and modules are looked up: beside it first, as most projects have it, then
// where skynet's own defaults look.
func (s *Settings) setMain(r Run) error {
	main, args, err := s.firstService(r)
	if err != nil {
		return err
	}
	s.Args = args
	path := firstOf(r.Path, s.Env["luaservice"])
	file, folder := asFile(main)
	switch {
	case path != "":
		s.ServicePath = templates(path)
	case folder != "" && folder != ".":
		s.ServicePath = []string{filepath.ToSlash(folder) + "/?.lua", "./?.lua", "./service/?.lua"}
	default:
		s.ServicePath = []string{"./?.lua", "./service/?.lua"}
	}
	s.setLuaPath(r, folder)
	if file == "" {
		return s.lookUp(main)
	}
	if info, err := os.Stat(file); err != nil || info.IsDir() {
		return &MissingError{Name: main, Tried: []string{file}}
	}
	s.MainFile, s.Main = file, s.nameOf(file)
	return nil
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

// nameOf is the name by which a service with this script is launched: the one
// that the service path finds it by, or the file's own.
func (s *Settings) nameOf(file string) string {
	base := strings.TrimSuffix(filepath.Base(file), ".lua")
	for _, template := range s.ServicePath {
		p := strings.ReplaceAll(template, "?", base)
		info, err := os.Stat(p)
		if err != nil {
			continue
		}
		if own, err := os.Stat(file); err == nil && os.SameFile(info, own) {
			return base
		}
		break // another script has that name
	}
	return file
}

// lookUp finds a service by its name.
func (s *Settings) lookUp(name string) error {
	var tried []string
	for _, template := range s.ServicePath {
		p := strings.ReplaceAll(template, "?", name)
		if info, err := os.Stat(p); err == nil && !info.IsDir() {
			s.Main, s.MainFile = name, p
			return nil
		}
		tried = append(tried, p)
	}
	return &MissingError{Name: name, Tried: tried}
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
