package tenantpolicy

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"kassa/domain"
)

// RequestProcess is an organisation's own way to ask for licences: what an
// administrator tells everybody who would ask here. The zero value is none.
type RequestProcess struct {
	Message string // at most maxMessage characters
	Link    string // https; may be empty
}

const (
	maxMessage = 500
	maxLink    = 500
)

var httpsLink = regexp.MustCompile(`^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?([/?#][!-~]*)?$`)

// Refusals of a request process.
var (
	ErrProcessMessage = &domain.Error{Kind: domain.Invalid, Code: "request_process_message_invalid", Message: "Say in 1 to 500 characters, without line breaks, how your people ask for licences."}
	ErrProcessLink    = &domain.Error{Kind: domain.Invalid, Code: "request_process_link_invalid", Message: "Give the link as an https address of at most 500 characters, or leave it out."}
)

// SetRequestProcess sends whoever would ask for a licence elsewhere. Requests
// that were made before stay.
type SetRequestProcess struct {
	Process RequestProcess
	At      time.Time
}

func (c SetRequestProcess) decide(s State) ([]Event, error) {
	p := RequestProcess{Message: strings.TrimSpace(c.Process.Message), Link: c.Process.Link}
	n := utf8.RuneCountInString(p.Message)
	switch {
	case n == 0, n > maxMessage, !utf8.ValidString(p.Message), strings.ContainsFunc(p.Message, unicode.IsControl):
		return nil, ErrProcessMessage
	case p.Link != "" && (len(p.Link) > maxLink || !httpsLink.MatchString(p.Link)):
		return nil, ErrProcessLink
	case p == s.Process:
		return nil, nil
	}
	return []Event{RequestProcessSet{Message: p.Message, Link: p.Link, At: c.At}}, nil
}

// EndRequestProcess takes requests here again.
type EndRequestProcess struct{ At time.Time }

func (c EndRequestProcess) decide(s State) ([]Event, error) {
	if s.Process == (RequestProcess{}) {
		return nil, nil
	}
	return []Event{RequestProcessEnded(c)}, nil
}

func (e RequestProcessSet) evolve(s State) State {
	s.Process = RequestProcess{Message: e.Message, Link: e.Link}
	return s
}

func (e RequestProcessEnded) evolve(s State) State { s.Process = RequestProcess{}; return s }
