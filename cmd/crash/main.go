// Command crash kills a real Kassa, again and again and at random moments, while
// people buy and hand out licences; starts it on the same data each time; and
// then holds every promise against what is left: the event store, the stream,
// the views, the gateway's books and what the people were told. It prints what
// it counted and exits 1 if a promise was broken.
//
// It is a customer with a gun: it asks through the API, and reads the event
// store and the stream where anybody may. It must never reach into a running
// Kassa. A kill spares what the kernel has taken in, so this shows nothing of a
// power cut; that rests on synchronous=FULL and SyncAlways, asserted where they
// are set.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var c campaign
	flags := flag.NewFlagSet("crash", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&c.binary, "binary", "bin/kassa", "the kassa to kill")
	flags.IntVar(&c.kills, "kills", 50, "how often")
	flags.IntVar(&c.workers, "workers", 8, "people who buy at the same time")
	flags.BoolVar(&c.season, "season", false, "let months go by meanwhile: renewals, declined cards, dunning")
	flags.Uint64Var(&c.seed, "seed", uint64(time.Now().UnixNano()), "of what is bought and when it is killed; not of how the machine schedules it")
	flags.StringVar(&c.data, "data", "", "an empty directory to work in (default: a temporary one, kept if something is found)")
	asJSON := flags.Bool("json", false, "print the counts as JSON")
	if flags.Parse(args) != nil {
		return 2
	}
	temporary := c.data == ""
	if err := c.prepare(); err != nil {
		fmt.Fprintf(stderr, "crash: %v\n", err)
		return 1
	}
	c.tell = progressLine(stderr, c.kills)
	found, err := c.run(ctx)
	fmt.Fprintln(stderr)
	if err != nil {
		fmt.Fprintf(stderr, "crash: %v\ncrash: seed %d, everything is kept in %s\n", err, c.seed, c.data)
		return 1
	}
	r := report(&c, found)
	if err := r.print(stdout, *asJSON); err != nil {
		fmt.Fprintf(stderr, "crash: %v\n", err)
		return 1
	}
	if len(r.Violations) > 0 {
		fmt.Fprintf(stderr, "crash: seed %d, everything is kept in %s\n", c.seed, c.data)
		return 1
	}
	if temporary {
		os.RemoveAll(c.data)
	}
	return 0
}
