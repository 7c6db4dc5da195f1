//go:build !linux

package bench

import "time"

// usage is not known here: systems count it in different units.
func usage() (processor time.Duration, resident float64) { return 0, 0 }
