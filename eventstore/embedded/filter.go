package embedded

import (
	"regexp"
	"slices"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"

	"kassa/eventstore/embedded/internal/journal"
)

// defaultWindow is the search window of a filter that sets none.
const defaultWindow = 32

// filter picks records for a reader of $all.
type filter struct {
	matches func(*journal.Record) bool
	// interval is after how many records, picked or not, a subscriber learns
	// how far it has come.
	interval int
}

// newFilter returns nil when the request has no filter.
func newFilter(o *streams.ReadReq_Options) (*filter, error) {
	f := o.GetFilter()
	if f == nil {
		return nil, nil
	}
	window := defaultWindow
	if f.GetCount() == nil {
		window = int(f.GetMax())
	}
	f2 := &filter{interval: window * int(f.GetCheckpointIntervalMultiplier())}
	if f2.interval == 0 {
		return nil, invalid("A filter needs a search window and a checkpoint interval above 0.")
	}
	subject, expression := func(r *journal.Record) string { return r.Stream }, f.GetStreamIdentifier()
	if f.GetEventType() != nil {
		subject, expression = func(r *journal.Record) string { return r.Type }, f.GetEventType()
	}
	matches, err := newMatcher(expression)
	f2.matches = func(r *journal.Record) bool { return matches(subject(r)) }
	return f2, err
}

// newMatcher reads a regular expression (RE2, where a cluster takes .NET's: use
// what both accept) or a list of prefixes.
func newMatcher(e *streams.ReadReq_Options_FilterOptions_Expression) (func(string) bool, error) {
	switch {
	case e.GetRegex() != "":
		re, err := regexp.Compile(e.GetRegex())
		if err != nil {
			return nil, invalid("The filter's regular expression cannot be read: " + err.Error())
		}
		return re.MatchString, nil
	case len(e.GetPrefix()) > 0:
		return func(s string) bool {
			return slices.ContainsFunc(e.GetPrefix(), func(p string) bool { return strings.HasPrefix(s, p) })
		}, nil
	default:
		return nil, invalid("A filter needs a regular expression or prefixes.")
	}
}
