package watch

import (
	"strings"

	"golang.org/x/sys/unix"
)

// unreliable names the kind of file system that dir is on if it is one where
// changes made elsewhere raise no events here; else it returns "".
func unreliable(dir string) string {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return ""
	}
	name := unix.ByteSliceToString(st.Fstypename[:])
	for _, kind := range []string{"nfs", "smbfs", "afpfs", "webdav", "fuse", "9p", "virtiofs", "prl_fs", "vmhgfs"} {
		if strings.Contains(name, kind) {
			return name
		}
	}
	return ""
}
