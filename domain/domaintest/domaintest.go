// Package domaintest states an aggregate's behaviour as given, when, then. It
// is for tests only and must never know a rule itself.
package domaintest

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"kassa/domain"
)

// Case is one sentence about an aggregate. Leave Then and Rejects empty to say
// "nothing happens".
type Case[Command, Event any] struct {
	Name    string
	Given   []Event
	When    Command
	Then    []Event
	Rejects error
}

// Run checks every case, and two laws besides: a command that was just obeyed
// must not produce events when it arrives again, and neither Decide nor Evolve
// may change the State it was given.
func Run[State, Command, Event any](t *testing.T, d domain.Decider[State, Command, Event], cases []Case[Command, Event]) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			s := fold(t, d, *new(State), c.Given)
			before := fmt.Sprintf("%+v", s)
			got, err := d.Decide(s, c.When)
			if !errors.Is(err, c.Rejects) {
				t.Fatalf("rejected with %v, want %v", err, c.Rejects)
			}
			if err != nil && len(got) > 0 {
				t.Fatalf("rejected with %v and yet recorded %+v", err, got)
			}
			if len(got)+len(c.Then) > 0 && !reflect.DeepEqual(got, c.Then) {
				t.Fatalf("events\n got %+v\nwant %+v", got, c.Then)
			}
			if again, _ := d.Decide(fold(t, d, s, got), c.When); len(again) != 0 {
				t.Errorf("not idempotent: repeating the command gave %+v", again)
			}
			if after := fmt.Sprintf("%+v", s); after != before {
				t.Errorf("the state was changed in place\nbefore %s\n after %s", before, after)
			}
		})
	}
}

func fold[State, Command, Event any](t *testing.T, d domain.Decider[State, Command, Event], s State, events []Event) State {
	t.Helper()
	for _, e := range events {
		before := fmt.Sprintf("%+v", s)
		next := d.Evolve(s, e)
		if after := fmt.Sprintf("%+v", s); after != before {
			t.Errorf("%T changed the state it was given\nbefore %s\n after %s", e, before, after)
		}
		s = next
	}
	return s
}
