package client

import (
	"fmt"
	"net/http"

	"github.com/go-json-experiment/json"

	v1 "kassa/services/api/v1"
)

// Error is an answer of Kassa that is not the one asked for.
type Error struct {
	v1.Problem
	Raw []byte // the body as it came
}

// Error is the sentence for a person.
func (e *Error) Error() string { return e.Detail }

// readProblem turns an answer into an Error and closes it. Something between us
// and Kassa may have written it, so it need not be a problem at all.
func readProblem(r *http.Response) error {
	defer r.Body.Close()
	e := &Error{Raw: drain(r.Body)}
	if err := json.Unmarshal(e.Raw, &e.Problem); err != nil || e.Code == "" {
		e.Problem = v1.Problem{
			Title: http.StatusText(r.StatusCode), Status: r.StatusCode, Code: "unexpected_answer",
			Detail: fmt.Sprintf("The address answered %s, which is not an answer of Kassa. Check KASSA_URL.", r.Status),
		}
	}
	return e
}
