// Command kassa is the whole of Kassa: "kassa serve" runs it, and every other
// command asks a running one over its API, like anybody else. It only wires and
// prints; whatever is worth testing by itself belongs in a package below.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // billing calendars need zones where no system provides them
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
