//go:build !linux

package bench

import "os"

// dataSync returns when what was written is on the disk.
func dataSync(f *os.File) error { return f.Sync() }
