package settings

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A checkout of skynet has modules and services in Lua that run on a node as they
// are. Most projects have it in one of a few places, and name it in their
// configuration; where nobody names one, it is looked for.

// checkouts are where projects have skynet, from their own folder.
var checkouts = []string{"skynet", "../skynet", "3rd/skynet"}

// noSkynet is for --skynet: use none.
const noSkynet = "none"

// findSkynet adds a checkout of skynet behind the service path and lua_path: the one
// given, or where these name none, one that is beside the project. folder is where
// the main script is, if it is known by its file.
func (s *Settings) findSkynet(given, folder string) error {
	s.LuaCPath = firstOf(s.Env["lua_cpath"], "./luaclib/?.so")
	switch {
	case given == noSkynet:
		return nil
	case given != "":
		if !isCheckout(given) {
			return fmt.Errorf("--skynet %s: there is no %s", given, filepath.ToSlash(filepath.Join(given, skynetModule)))
		}
		s.addSkynet(given)
		return nil
	case s.namesSkynet():
		return nil
	}
	for _, from := range []string{".", folder} {
		for _, dir := range checkouts {
			if dir = filepath.Join(from, dir); isCheckout(dir) {
				s.Skynet = filepath.ToSlash(dir)
				s.addSkynet(dir)
				return nil
			}
		}
	}
	return nil
}

// skynetModule is a file that each checkout has.
const skynetModule = "lualib/skynet.lua"

func isCheckout(dir string) bool { return isFile(filepath.Join(dir, skynetModule)) }

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// namesSkynet tells whether the paths lead into a checkout already.
func (s *Settings) namesSkynet() bool {
	for _, template := range templates(s.LuaPath) {
		if isFile(strings.ReplaceAll(template, "?", "skynet")) {
			return true
		}
	}
	for _, template := range s.ServicePath {
		if isFile(strings.ReplaceAll(template, "?", "../"+strings.TrimSuffix(skynetModule, ".lua"))) {
			return true
		}
	}
	return false
}

// addSkynet has services and modules looked up in a checkout last.
func (s *Settings) addSkynet(dir string) {
	dir = filepath.ToSlash(dir)
	s.ServicePath = appendNew(s.ServicePath, dir+"/service/?.lua")
	s.LuaPath = strings.Join(appendNew(templates(s.LuaPath), dir+"/lualib/?.lua", dir+"/lualib/?/init.lua"), ";")
	s.LuaCPath = strings.Join(appendNew(templates(s.LuaCPath), dir+"/luaclib/?.so"), ";")
	for key, value := range map[string]string{"luaservice": strings.Join(s.ServicePath, ";"), "lua_path": s.LuaPath} {
		if _, ok := s.Env[key]; ok {
			s.Env[key] = value
		}
	}
}

// appendNew appends the templates that the list doesn't have.
func appendNew(list []string, more ...string) []string {
	for _, template := range more {
		have := false
		for _, t := range list {
			have = have || filepath.Clean(t) == filepath.Clean(template)
		}
		if !have {
			list = append(list, template)
		}
	}
	return list
}
