package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

type versionCmd struct{}

// Help shows how it is used.
func (versionCmd) Help() string {
	return `Example:
  kassa version --json`
}

// build is what scripts get of a version: what the Go tool put into the binary.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"` // of the source
	Time     string `json:"time,omitempty"`     // of that revision
	Go       string `json:"go"`
}

func (c *versionCmd) Run(_ context.Context, s *session) error {
	b := build{Version: "unknown", Go: runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		b.Version = info.Main.Version
		for _, setting := range info.Settings {
			switch setting.Key {
			case "vcs.revision":
				b.Revision = setting.Value
			case "vcs.time":
				b.Time = setting.Value
			}
		}
	}
	return s.show(b, func() { fmt.Fprintf(s.stdout, "kassa %s (%s)\n", b.Version, b.Go) })
}
