package bench

import (
	"os"
	"syscall"
)

// dataSync returns when what was written is on the disk. File times may not be,
// as with SQLite.
func dataSync(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
