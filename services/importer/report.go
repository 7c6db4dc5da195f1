package importer

import (
	"fmt"
	"slices"
	"strings"

	"kassa/domain"
)

// ErrFile is what every Report is (errors.Is).
var ErrFile = &domain.Error{Kind: domain.Invalid, Code: "import_invalid", Message: "The file has mistakes, and nothing of it was imported. Correct the lines in the report and import it again."}

// maxProblems bounds a report: nobody reads more.
const maxProblems = 1000

// Report is the error of a file that was refused: what is wrong with it, in the
// order of its lines.
type Report struct {
	File     string    `json:"file"`
	Problems []Problem `json:"problems"`
	More     int       `json:"more"` // problems beyond the first 1000
}

// Problem is one mistake.
type Problem struct {
	Line    int    `json:"line"`            // from 1; of the row, or of the JSON element
	Field   string `json:"field,omitempty"` // column or member
	Code    string `json:"code"`            // stable
	Message string `json:"message"`         // what to do; without personal data
}

// Error lists the first problems, one a line.
func (r *Report) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d mistakes; nothing was imported", r.File, len(r.Problems)+r.More)
	for _, p := range r.Problems[:min(len(r.Problems), 20)] {
		fmt.Fprintf(&b, "\n%s", p)
	}
	return b.String()
}

// Unwrap makes a Report an ErrFile.
func (r *Report) Unwrap() error { return ErrFile }

func (p Problem) String() string {
	if p.Field == "" {
		return fmt.Sprintf("line %d: %s (%s)", p.Line, p.Message, p.Code)
	}
	return fmt.Sprintf("line %d, %s: %s (%s)", p.Line, p.Field, p.Message, p.Code)
}

func (r *Report) add(line int, field, code, message string) {
	if len(r.Problems) == maxProblems {
		r.More++
		return
	}
	r.Problems = append(r.Problems, Problem{line, field, code, message})
}

// verdict is nil for a file without problems.
func (r *Report) verdict() error {
	if len(r.Problems) == 0 {
		return nil
	}
	slices.SortStableFunc(r.Problems, func(a, b Problem) int { return a.Line - b.Line })
	return r
}
