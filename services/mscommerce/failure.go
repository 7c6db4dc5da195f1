package mscommerce

import (
	"errors"
	"net/http"

	"kassa/domain"
)

// failure is where scripts read an error from. It is an error itself for what
// only this service refuses.
type failure struct {
	ErrorCode string `json:"errorCode"`
	Reason    string `json:"reason"`
	status    int
}

// Error is the sentence for a person.
func (f failure) Error() string { return f.Reason }

// What is refused before any command is asked.
var (
	errInvalidScope   = failure{"BadRequest", "Invalid scope.", http.StatusBadRequest}
	errInvalidBody    = failure{"BadRequest", `The request body must be JSON such as {"policyValue":"Disabled"}.`, http.StatusBadRequest}
	errPolicyUnknown  = failure{"Unknown", "There is no such policy. The only one is " + policyID + ".", http.StatusNotFound}
	errNotForPartners = failure{"Forbidden", "A partner cannot do this on behalf of a customer. Ask an administrator of the customer.", http.StatusForbidden}
	errNothingHere    = failure{"Unknown", "There is nothing at this address, or not with this method.", http.StatusNotFound}
)

// failures say how each kind of error is told. What is not listed is our fault.
var failures = map[domain.Kind]failure{
	domain.Invalid:      {ErrorCode: "BadRequest", status: http.StatusBadRequest},
	domain.Unauthorized: {ErrorCode: "Unauthorized", status: http.StatusUnauthorized},
	domain.Forbidden:    {ErrorCode: "Forbidden", status: http.StatusForbidden},
	domain.NotFound:     {ErrorCode: "Unknown", status: http.StatusNotFound},
	domain.Conflict:     {ErrorCode: "Conflict", status: http.StatusConflict},
	domain.Unavailable:  {ErrorCode: "ServiceUnavailable", status: http.StatusServiceUnavailable},
}

// failureOf tells err to a caller. Details of our own faults are for the log.
func failureOf(err error) failure {
	if f := (failure{}); errors.As(err, &f) {
		return f
	}
	e := (*domain.Error)(nil)
	if errors.As(err, &e) {
		if f, told := failures[e.Kind]; told {
			f.Reason = e.Message
			return f
		}
	}
	return failure{"InternalServerError", "Something went wrong here. Try again; if it stays so, tell the operator.", http.StatusInternalServerError}
}

// headers adds what HTTP wants with a status.
func (f failure) headers(h http.Header) {
	switch f.status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="kassa"`)
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", "1")
	}
}
