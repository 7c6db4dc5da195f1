package main

import (
	"errors"
	"fmt"

	"kassa/domain"
	"kassa/projections"
	v1 "kassa/services/api/v1"
	"kassa/services/relay"
)

// parts says how each part is doing, for /readyz. Ready means that what it
// promises holds: a part that works off a backlog is not ready, one that only
// lags by what was written this moment is.
func (s *system) parts() []v1.Part {
	parts := []v1.Part{s.demoPart(), s.clockPart(), s.schedulerPart(), s.relayPart(), s.mailPart()}
	for _, view := range s.projector.Status() {
		parts = append(parts, viewPart(view))
	}
	return parts
}

// backlog is how many facts a view may be behind and still count as ready.
const backlog = 1_000

func (s *system) relayPart() v1.Part {
	st := s.relay.Status()
	p := v1.Part{Name: "relay", Position: st.Position, Lag: st.Lag(), Detail: string(st.State)}
	p.Ready = st.State == relay.Idle || st.State == relay.Publishing
	if st.Err != nil {
		p.Detail = fmt.Sprintf("%s: %s", st.State, why(st.Err))
	}
	return p
}

// why leaves details to the log: they may name streams, and so people, and
// anybody may ask for /readyz.
func why(err error) string {
	if e := (*domain.Error)(nil); errors.As(err, &e) {
		return e.Message
	}
	return "see the log"
}

func viewPart(st projections.Status) v1.Part {
	p := v1.Part{Name: "view " + st.View, Position: st.Position, Lag: st.Lag, Detail: string(st.State)}
	p.Ready = (st.State == projections.Following || st.State == projections.Standby) && st.Lag <= backlog && st.Parked == 0
	switch {
	case st.Error != "":
		p.Ready, p.Detail = false, fmt.Sprintf("%s; see the log, or kassa views list", st.State)
	case st.Parked > 0:
		p.Detail = fmt.Sprintf("%d facts of %d streams are parked; see the log, then run kassa views retry", st.Parked, len(st.Quarantined))
	}
	return p
}
