package bench

import (
	"syscall"
	"time"
)

// usage is how much processor time this process has used, and the most memory,
// in MiB, that it has ever held.
func usage() (processor time.Duration, resident float64) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), float64(u.Maxrss) / 1024
}
