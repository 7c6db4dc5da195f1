package api

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

// answers says how each kind of error is told over HTTP. It is the only place
// where a Kind becomes a status.
var answers = map[domain.Kind]struct {
	status int
	title  string
}{
	domain.Internal:     {http.StatusInternalServerError, "Internal error"},
	domain.Invalid:      {http.StatusBadRequest, "Invalid request"},
	domain.Unauthorized: {http.StatusUnauthorized, "Not signed in"},
	domain.Forbidden:    {http.StatusForbidden, "Not allowed"},
	domain.NotFound:     {http.StatusNotFound, "Not found"},
	domain.Refused:      {http.StatusUnprocessableEntity, "Refused"},
	domain.Conflict:     {http.StatusConflict, "Conflict"},
	domain.Unavailable:  {http.StatusServiceUnavailable, "Unavailable"},
	domain.Payment:      {http.StatusPaymentRequired, "Not paid"},
}

// statuses are HTTP's own words for a request that is invalid in a special way.
var statuses = map[string]int{
	errBodyTooLarge.Code:     http.StatusRequestEntityTooLarge,
	errMediaType.Code:        http.StatusUnsupportedMediaType,
	errBodySlow.Code:         http.StatusRequestTimeout,
	errMethodNotAllowed.Code: http.StatusMethodNotAllowed,
}

// retryAfter is how long a caller waits after 503, in seconds.
const retryAfter = "1"

// Errors of the edge itself.
var (
	errInternal = &domain.Error{
		Kind: domain.Internal, Code: "internal",
		Message: "Something went wrong here. Try again; if it stays so, tell the operator.",
	}
	errRouteUnknown = &domain.Error{
		Kind: domain.NotFound, Code: "route_unknown",
		Message: "There is nothing at this address. See /docs for what there is.",
	}
	errMethodNotAllowed = &domain.Error{
		Kind: domain.Invalid, Code: "method_not_allowed",
		Message: "This address does not take this method. See /docs for those it takes.",
	}
	errBodyMalformed = &domain.Error{
		Kind: domain.Invalid, Code: "body_malformed",
		Message: "The request body is not valid JSON. Correct it.",
	}
	errBodyInvalid = &domain.Error{
		Kind: domain.Invalid, Code: "body_invalid",
		Message: "The request body has unknown, missing or wrong members. See errors, and correct them.",
	}
	errBodyTooLarge = &domain.Error{
		Kind: domain.Invalid, Code: "body_too_large",
		Message: "The request body is too large. Send less at once.",
	}
	errBodySlow = &domain.Error{
		Kind: domain.Invalid, Code: "body_too_slow",
		Message: "The request body did not arrive in time. Send it again.",
	}
	errMediaType = &domain.Error{
		Kind: domain.Invalid, Code: "media_type_not_supported",
		Message: "This operation does not read that media type. See /docs for those it reads.",
	}
	errParameterInvalid = &domain.Error{
		Kind: domain.Invalid, Code: "parameter_invalid",
		Message: "A parameter of the request is unknown or wrong. See errors, and correct it.",
	}
)

// problemOf tells err to a caller, in English. What was not classified, or is
// our own fault, keeps its detail for the log.
func problemOf(err error) *v1.Problem {
	if p := (*v1.Problem)(nil); errors.As(err, &p) {
		return p
	}
	e := (*domain.Error)(nil)
	if !errors.As(err, &e) || e.Kind == domain.Internal {
		e = errInternal
	}
	answer := answers[e.Kind]
	return &v1.Problem{
		Type: "/docs#" + e.Code, Title: answer.title, Detail: e.Message, Code: e.Code,
		Status: cmp.Or(statuses[e.Code], answer.status),
	}
}

// invalid tells what huma found wrong with a request before any handler saw it.
func invalid(status int, message string, errs ...error) huma.StatusError {
	p := problemOf(invalidKind(status, errs))
	for _, err := range errs {
		if d := (*huma.ErrorDetail)(nil); errors.As(err, &d) {
			p.Errors = append(p.Errors, v1.FieldError{Location: d.Location, Message: d.Message})
		}
	}
	if len(p.Errors) == 0 && p.Status == http.StatusBadRequest {
		p.Errors = []v1.FieldError{{Location: "body", Message: message}}
	}
	return p
}

func invalidKind(status int, errs []error) *domain.Error {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return errBodyTooLarge
	case http.StatusUnsupportedMediaType:
		return errMediaType
	case http.StatusRequestTimeout:
		return errBodySlow
	case http.StatusBadRequest:
		if len(errs) > 0 {
			return errBodyMalformed
		}
		return errBodyInvalid
	case http.StatusUnprocessableEntity:
		for _, err := range errs {
			if d := (*huma.ErrorDetail)(nil); errors.As(err, &d) && !strings.HasPrefix(d.Location, "body") {
				return errParameterInvalid
			}
		}
		return errBodyInvalid
	}
	return errInternal
}

// headersOf are the headers that go with a problem.
func headersOf(p *v1.Problem) http.Header {
	h := http.Header{}
	if p.Status == http.StatusServiceUnavailable {
		h.Set("Retry-After", retryAfter)
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="kassa"`)
	}
	if p.Position > 0 {
		h.Set(positionHeader, formatPosition(p.Position))
	}
	return h
}
