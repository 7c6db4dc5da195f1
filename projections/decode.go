package projections

import (
	"kassa/eventstore"
	"kassa/eventstore/message"
)

// decoder reads each fact once for all views, and only those that one of them
// hears.
type decoder struct {
	codec *eventstore.Codec
	known map[string]bool
	heard map[string]bool
}

func newDecoder(codec *eventstore.Codec, views []Projection) decoder {
	d := decoder{codec: codec, known: map[string]bool{}, heard: map[string]bool{}}
	for _, name := range codec.Types() {
		d.known[name] = true
	}
	for _, v := range views {
		for name := range v.On {
			d.heard[name] = true
		}
	}
	return d
}

// entry decodes n. A type that the program does not know is an error to every
// view: none can say that it would not have mattered.
func (d decoder) entry(n message.Numbered) *entry {
	e := &entry{Numbered: n, unknown: !d.known[n.Type]}
	if e.unknown || d.heard[n.Type] {
		e.fact, e.err = d.codec.Decode(n.Record)
	}
	return e
}

// number continues the dense count of facts after c: the store returns exactly
// what the relay publishes, in the same order.
func (d decoder) number(c checkpoint, records []eventstore.Record) []*entry {
	entries := make([]*entry, 0, len(records))
	for _, r := range records {
		e := d.entry(message.Numbered{Record: r, Gseq: c.gseq + 1, Prev: c.event})
		entries, c = append(entries, e), e.checkpoint()
	}
	return entries
}
