package runtime

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// A module or a service that isn't there may be one that skynet has, or one in C,
// which can't be loaded. The error says which, and what to do.

// skynetModules are the modules in Lua of a checkout of skynet.
var skynetModules = strings.Fields(`
	skynet.cluster skynet.datacenter skynet.datasheet skynet.datasheet.builder skynet.datasheet.dump
	skynet.db.mongo skynet.db.mysql skynet.db.redis skynet.db.redis.cluster skynet.db.redis.crc16
	skynet.dns skynet.inject skynet.injectcode skynet.mqueue skynet.multicast skynet.remotedebug
	skynet.sharedata skynet.sharedata.corelib skynet.sharemap skynet.sharetable skynet.snax skynet.socketchannel
	http.httpc http.httpd http.internal http.sockethelper http.tlshelper http.url http.websocket
	snax.gateserver snax.hotfix snax.interface snax.loginserver snax.msgserver
	md5 sproto sprotoloader sprotoparser`)

// skynetOldModules are such modules by the names that they had once.
var skynetOldModules = map[string]string{
	"cluster": "skynet.cluster", "datacenter": "skynet.datacenter", "dns": "skynet.dns", "mongo": "skynet.db.mongo",
	"mqueue": "skynet.mqueue", "multicast": "skynet.multicast", "mysql": "skynet.db.mysql", "redis": "skynet.db.redis",
	"sharedata": "skynet.sharedata", "sharemap": "skynet.sharemap", "snax": "skynet.snax", "socketchannel": "skynet.socketchannel",
}

// skynetScripts are the services in Lua of a checkout of skynet.
var skynetScripts = strings.Fields(`
	clusteragent clusterd clusterproxy clustersender cmaster cmemory datacenterd dbg debug_agent gate
	multicastd service_cell service_provider sharedatad snaxd`)

// modulesInC are known modules in C: those of a checkout, and others that projects use.
var modulesInC = strings.Fields(`
	skynet.core skynet.crypt skynet.netpack skynet.socketdriver skynet.profile skynet.stm skynet.debugchannel
	skynet.cluster.core skynet.datasheet.core skynet.multicast.core skynet.sharedata.core skynet.sharetable.core skynet.mongo.driver
	crypt netpack stm debugchannel cluster.core multicast.core sharedata.core mongo.driver socketdriver
	bson client.crypt lpeg md5.core sproto.core mysqlaux.c
	cjson cjson.safe lfs lsocket rapidjson cmsgpack zlib iconv lkcp kcp aoi aoi.core
	random lua_random lrandom uuid luuid snapshot zset lcrypt webclient ltask`)

// missingModule says what a module is that require doesn't find, and what to do; empty
// where nothing is known of it. cpath is package.cpath.
func (n *Node) missingModule(name, cpath string) string {
	full := name
	if old := skynetOldModules[name]; old != "" {
		full = old
	}
	if slices.Contains(skynetModules, full) {
		return partOfSkynet(full, "lualib")
	}
	file := objectFile(name, cpath)
	if file == "" && !slices.Contains(modulesInC, name) {
		return n.likeNamed(name)
	}
	if file == "" {
		file = "it"
	}
	text := file + " is a module in C, and those can't be loaded"
	if other := n.likeNamed(name); other != "" {
		return text + "; " + other
	}
	return text
}

// partOfSkynet is what to do for what a checkout has in one of its folders.
func partOfSkynet(name, folder string) string {
	what, setting := "part of skynet's lualib", "lua_path"
	if folder == "service" {
		what, setting = "one of skynet's services", "luaservice"
	}
	return fmt.Sprintf("%s is %s: devnode --skynet DIR, or put DIR/%s/?.lua on %s", name, what, folder, setting)
}

// objectFile is the compiled module that C Lua would load for a name, empty for none.
func objectFile(name, cpath string) string {
	root, _, _ := strings.Cut(name, ".")
	for _, name := range []string{strings.ReplaceAll(name, ".", "/"), root} {
		for template := range strings.SplitSeq(cpath, ";") {
			file := strings.ReplaceAll(template, "?", name)
			if info, err := os.Stat(file); err == nil && !info.IsDir() {
				return file
			}
		}
	}
	return ""
}

// likeNamed tells of a module that there is and whose last name is the same.
func (n *Node) likeNamed(name string) string {
	last := name[strings.LastIndexByte(name, '.')+1:]
	if last == "core" {
		return "" // what the C half of any module is called
	}
	if other := "skynet." + last; other != name && n.hasModule(other) {
		return fmt.Sprintf("devnode has %s", other)
	}
	if last != name && n.hasModule(last) {
		return fmt.Sprintf("devnode has %s", last)
	}
	return ""
}

func (n *Node) hasModule(name string) bool {
	return n.builtin.Func(name) != nil || n.fallback.Func(name) != nil
}

// missing says where a script isn't, and what to do.
func (sc serviceScript) missing() string {
	if len(sc.tried) == 0 {
		return "the service path is empty"
	}
	tried := "cannot open " + strings.Join(sc.tried, "\n\tcannot open ")
	if slices.Contains(skynetScripts, sc.name) {
		return partOfSkynet(sc.name, "service") + "\n\t" + tried
	}
	return tried
}
