package stripetest

import "syscall"

// dieWithUs makes the kernel end stripe-mock with the test.
var dieWithUs = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
