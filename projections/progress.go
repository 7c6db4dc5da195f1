package projections

import (
	"time"
)

// Phase is a step of a rebuild.
type Phase string

// Phases, in order.
const (
	Building   Phase = "building"    // from the store, beside the live rows
	CatchingUp Phase = "catching up" // to where the live rows are
	Comparing  Phase = "comparing"   // with the live rows, at the same position
	Swapping   Phase = "swapping"
	Done       Phase = "done"
)

// Progress of a rebuild or a verification. Position and Target are positions in
// the store; they are not dense, so their difference is a measure, not a count.
type Progress struct {
	View      string
	Phase     Phase
	Events    uint64 // applied by this run
	Position  uint64
	Target    uint64
	PerSecond float64       // events, since the beginning
	ETA       time.Duration // to Target at the same pace; 0 where nothing can be said
}

// Report says how a rebuild or a verification ended.
type Report struct {
	View        string
	Generation  int64  // that was built; 0 for a verification
	Position    uint64 // of the last fact in it
	GSeq        uint64
	Events      uint64 // applied by this run; less than GSeq if it resumed
	Rows        int64
	Parked      int
	Hash        string // of all rows in the order of their keys
	Compared    bool   // false: there were no live rows to compare with
	Equal       bool
	Differences []Difference // the first few
	Took        time.Duration
	PerSecond   float64
}

// Difference is a row that the live view and the history's fold do not share.
type Difference struct {
	Table string
	Key   string
	Kind  DifferenceKind
}

// DifferenceKind says what is wrong with the live row.
type DifferenceKind string

// Kinds of difference.
const (
	Missing DifferenceKind = "missing" // the history has it, the live view has not
	Extra   DifferenceKind = "extra"   // the live view has it, the history has not
	Changed DifferenceKind = "changed"
)

// meter measures a fold and tells whoever watches.
type meter struct {
	Progress
	now   func() time.Time
	began time.Time
	from  uint64 // position at the beginning
	tell  func(Progress)
}

func (p *Projector) meter(view string, tell func(Progress)) *meter {
	if tell == nil {
		tell = func(Progress) {}
	}
	return &meter{Progress: Progress{View: view}, now: p.cfg.Now, began: p.cfg.Now(), tell: tell}
}

func (m *meter) enter(phase Phase) {
	m.Phase = phase
	m.tell(m.Progress)
}

func (m *meter) add(events int, position uint64) {
	m.Events += uint64(events)
	m.Position = position
	m.Target = max(m.Target, position)
	took := m.took()
	if seconds := took.Seconds(); seconds > 0 {
		m.PerSecond = float64(m.Events) / seconds
	}
	if done := float64(position - m.from); done > 0 {
		m.ETA = time.Duration(float64(took) * float64(m.Target-position) / done)
	}
	m.tell(m.Progress)
}

func (m *meter) took() time.Duration { return m.now().Sub(m.began) }

func (m *meter) finish(g *generation, r *Report) {
	at := g.at.Load()
	r.Position, r.GSeq, r.Parked = at.position, at.gseq, at.parked
	r.Events, r.Took, r.PerSecond = m.Events, m.took(), m.PerSecond
}
