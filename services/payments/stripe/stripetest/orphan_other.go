//go:build !linux

package stripetest

import "syscall"

// dieWithUs is nothing: only Linux ends a process with the one that started it.
var dieWithUs *syscall.SysProcAttr
