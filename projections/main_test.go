package projections_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain keeps properties short unless a number of checks is asked for, and
// lets the test binary play a process that is killed (see kill_test.go).
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "15"); err != nil {
		panic(err)
	}
	flag.Parse()
	if role := os.Getenv(roleVariable); role != "" {
		play(role)
		return
	}
	os.Exit(m.Run())
}
