//go:build !linux

package console

import "syscall"

func credential(uint32) *syscall.SysProcAttr { return nil }
