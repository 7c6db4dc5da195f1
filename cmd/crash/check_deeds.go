package main

import (
	"slices"

	"github.com/google/uuid"

	"kassa/domain/subscription"
	"kassa/eventstore"
)

// trails collects, for each command, the facts it left and those that followed
// from them: the ones that say so by their cause.
func (e evidence) trails() map[uuid.UUID][]eventstore.Fact {
	sent := map[uuid.UUID]bool{}
	for _, d := range e.deeds {
		sent[d.Command] = true
	}
	trails, origin := map[uuid.UUID][]eventstore.Fact{}, map[uuid.UUID]uuid.UUID{}
	for _, f := range e.facts {
		command := f.Meta.Command
		if !sent[command] {
			if command = origin[f.Meta.Causation]; command == uuid.Nil {
				continue
			}
		}
		origin[f.ID] = command
		trails[command] = append(trails[command], f)
	}
	return trails
}

// answersAreKept holds each answer to the whole trail it stands for: every fact
// once, in order, the last one where the answer said. What was never answered
// has left a whole trail or none.
func answersAreKept(e evidence, broken func(string, ...any)) {
	trails := e.trails()
	for _, d := range e.deeds {
		trail, p := trails[d.Command], promises[d.Intent.kind]
		trail = withoutConsequences(trail)
		types := typesOf(trail)
		switch {
		case d.Answer == nil:
			if len(types) > 0 && !slices.Equal(types, p.trail) && !slices.Equal(types, p.unpaid) {
				broken("%s %s was given up and left %v", d.Intent.kind, d.Command, types)
			}
		case !slices.Equal(types, d.Answer.trail(d.Intent.kind)):
			broken("%s %s was answered %q at %d and left %v", d.Intent.kind, d.Command, d.Answer.Code, d.Answer.Position, types)
		case len(trail) > 0 && trail[len(trail)-1].Position != d.Answer.Position:
			broken("%s %s was answered at %d and is at %d", d.Intent.kind, d.Command, d.Answer.Position, trail[len(trail)-1].Position)
		}
		for i, f := range own(trail, d.Command) {
			if want := eventstore.EventID(f.Stream, d.Command, i, f.Data); f.ID != want {
				broken("%s %s: its fact %d has the id %s instead of %s", d.Intent.kind, d.Command, i, f.ID, want)
			}
		}
	}
}

// withoutConsequences is what a command is answered by.
func withoutConsequences(trail []eventstore.Fact) []eventstore.Fact {
	return slices.DeleteFunc(slices.Clone(trail), func(f eventstore.Fact) bool { return slices.Contains(consequences, f.Type) })
}

// typesOf names the facts of a trail. Each batch of seats is refunded by itself,
// so any number of refunds are as good as one.
func typesOf(facts []eventstore.Fact) []string {
	var types []string
	for _, f := range facts {
		types = append(types, f.Type)
	}
	return slices.CompactFunc(types, func(a, b string) bool {
		return a == b && a == (subscription.RefundIssued{}).EventType()
	})
}

// own are the facts that the command itself left.
func own(trail []eventstore.Fact, command uuid.UUID) []eventstore.Fact {
	var facts []eventstore.Fact
	for _, f := range trail {
		if f.Meta.Command == command {
			facts = append(facts, f)
		}
	}
	return facts
}

// answersAreAllowed knows what each sort of intent may be answered.
func answersAreAllowed(e evidence, broken func(string, ...any)) {
	for _, d := range e.deeds {
		for _, trouble := range d.Troubles {
			broken("%s %s: %s", d.Intent.kind, d.Command, trouble)
		}
		if d.Answer == nil || d.Answer.Code == "" {
			continue
		}
		p := promises[d.Intent.kind]
		if !slices.Contains(p.refusals, d.Answer.Code) && (p.unpaid == nil || !slices.Contains(declines, d.Answer.Code)) {
			broken("%s %s was refused: %s: %s", d.Intent.kind, d.Command, d.Answer.Code, d.Answer.Body)
		}
	}
}

// repeatsAgree: whenever something answered is asked for again, the answer is
// the first one, and history stays as it is.
func repeatsAgree(e evidence, broken func(string, ...any)) {
	for _, d := range e.deeds {
		for _, again := range d.Repeats {
			if again != *d.Answer {
				broken("%s %s was answered %+v and then %+v", d.Intent.kind, d.Command, *d.Answer, again)
			}
		}
		if d.Answer != nil && d.Answer.trail(d.Intent.kind) != nil && len(d.Repeats) == 0 {
			broken("%s %s was not asked for again", d.Intent.kind, d.Command)
		}
	}
	if e.repeated != 0 {
		broken("asking again added %d facts", e.repeated)
	}
}

// factsAreAskedFor: every fact about buying follows from an intent.
func factsAreAskedFor(e evidence, broken func(string, ...any)) {
	asked := map[uuid.UUID]bool{}
	for _, trail := range e.trails() {
		for _, f := range trail {
			asked[f.ID] = true
		}
	}
	for _, f := range e.facts {
		if trades(f) && !asked[f.ID] {
			broken("%s at %d in %s follows from nothing that was asked for", f.Type, f.Position, f.Stream)
		}
	}
}
