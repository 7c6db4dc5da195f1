package main

import "syscall"

// dieWithUs makes the kernel kill the Kassa under test when we die.
var dieWithUs = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
