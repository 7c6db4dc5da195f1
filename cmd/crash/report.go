package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"kassa/domain"
	"kassa/eventstore"
)

// tally is what a campaign came to.
type tally struct {
	Seed       uint64         `json:"seed"`
	Kills      int            `json:"kills"`
	Early      int            `json:"killsBeforeItAnswered"`
	StartP50   float64        `json:"startSecondsMedian"`
	StartMax   float64        `json:"startSecondsMax"`
	Done       map[kind]int   `json:"acknowledged"`
	Refused    map[string]int `json:"refused"` // by code
	Retried    int            `json:"retried"` // sent more than once until they were answered
	Lost       int            `json:"givenUpNeverBegun"`
	Finished   int            `json:"givenUpFinished"`
	Repeats    int            `json:"repeats"`        // of what was answered before
	Resumed    int            `json:"resumed"`        // begun in one life of Kassa and finished in a later one
	Behind     int            `json:"publishedLater"` // facts that a kill came upon before they were published
	Facts      int            `json:"facts"`
	Messages   int            `json:"messages"`
	Views      int            `json:"viewsEqual"`
	Charged    int            `json:"charged"`
	Declined   int            `json:"declined"`
	Refunded   int            `json:"refunded"`
	Struck     map[string]int `json:"lastFactBeforeKill"` // which steps the kills came between
	Violations []violation    `json:"violations"`
}

func report(c *campaign, e evidence) tally {
	t := tally{
		Seed: c.seed, Kills: c.kills, Early: c.early, Done: map[kind]int{}, Refused: map[string]int{},
		Facts: len(e.facts), Messages: len(e.messages), Struck: e.struck(), Violations: e.violations(),
	}
	starts := slices.Sorted(slices.Values(c.starts))
	t.StartP50, t.StartMax = starts[len(starts)/2].Seconds(), starts[len(starts)-1].Seconds()
	t.countDeeds(e)
	for i := range min(len(e.messages), len(e.facts)) {
		if e.killedBetween(e.facts[i].At, e.messages[i].at) {
			t.Behind++
		}
	}
	for _, r := range e.reports {
		if r.Equal {
			t.Views++
		}
	}
	t.Refunded = len(e.refunds)
	for _, charge := range e.charges {
		if charge.Status == domain.ChargeSucceeded {
			t.Charged++
		} else {
			t.Declined++
		}
	}
	return t
}

func (t *tally) countDeeds(e evidence) {
	trails := e.trails()
	for _, d := range e.deeds {
		trail := trails[d.Command]
		if len(trail) > 0 && e.killedBetween(trail[0].At, trail[len(trail)-1].At) {
			t.Resumed++
		}
		if d.Answer != nil && d.Tries > 1 {
			t.Retried++
		}
		t.Repeats += len(d.Repeats)
		switch {
		case d.Answer == nil && len(trail) == 0:
			t.Lost++
		case d.Answer == nil:
			t.Finished++
		case d.Answer.Code == "":
			t.Done[d.Intent.kind]++
		default:
			t.Refused[d.Answer.Code]++
		}
	}
}

// killedBetween reports whether Kassa died between two instants.
func (e evidence) killedBetween(from, to time.Time) bool {
	i, _ := slices.BinarySearchFunc(e.killed, from, time.Time.Compare)
	return i < len(e.killed) && e.killed[i].Before(to)
}

// struck counts the kills by the last fact that was stored before.
func (e evidence) struck() map[string]int {
	after := map[string]int{}
	for _, kill := range e.killed {
		i, _ := slices.BinarySearchFunc(e.facts, kill, func(f eventstore.Fact, at time.Time) int { return f.At.Compare(at) })
		if i > 0 {
			after[e.facts[i-1].Type]++
		}
	}
	return after
}

func (t tally) print(out io.Writer, asJSON bool) error {
	if asJSON {
		if err := json.MarshalWrite(out, t, json.Deterministic(true), jsontext.WithIndent("  ")); err != nil {
			return err
		}
		_, err := fmt.Fprintln(out)
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(name string, value any) { fmt.Fprintf(w, "%s\t%v\n", name, value) }
	row("seed", t.Seed)
	row("kills", fmt.Sprintf("%d, %d of them before it had answered", t.Kills, t.Early))
	row("time to answer", fmt.Sprintf("%.2f s median, %.2f s at most", t.StartP50, t.StartMax))
	for _, k := range kinds {
		row("acknowledged: "+string(k), t.Done[k])
	}
	for _, code := range slices.Sorted(maps.Keys(t.Refused)) {
		row("refused: "+code, t.Refused[code])
	}
	row("sent again until answered", t.Retried)
	row("given up by their sender", fmt.Sprintf("%d finished by Kassa, %d never begun", t.Finished, t.Lost))
	row("repeated after the answer", t.Repeats)
	row("begun before a kill, finished after", t.Resumed)
	row("stored before a kill, published after", t.Behind)
	row("facts in the store", t.Facts)
	row("messages in the stream", t.Messages)
	row("views equal to their fold", t.Views)
	row("charges", fmt.Sprintf("%d made, %d declined, %d refunds", t.Charged, t.Declined, t.Refunded))
	for _, fact := range slices.Sorted(maps.Keys(t.Struck)) {
		row("killed right after "+fact, t.Struck[fact])
	}
	row("violations", len(t.Violations))
	for _, v := range t.Violations {
		fmt.Fprintf(w, "  BROKEN: %s: %s\n", v.Check, v.What)
	}
	return w.Flush()
}

// progressLine tells how far it is: in place on a terminal, else now and then.
func progressLine(out io.Writer, kills int) func(int, int) {
	begin, end, every := "", "\n", max(kills/10, 1)
	if f, ok := out.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			begin, end, every = "\r", "", 1
		}
	}
	since := time.Now()
	return func(struck, acknowledged int) {
		if struck%every == 0 || struck == kills {
			fmt.Fprintf(out, "%skill %d of %d, %d answers, %s%s", begin, struck, kills, acknowledged, time.Since(since).Round(time.Second), end)
		}
	}
}
