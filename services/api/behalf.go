package api

import (
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/partner"
	"kassa/domain/purchase"
)

// behalfHeader names the customer that a partner's person acts for.
const behalfHeader = "Kassa-On-Behalf-Of"

// errNotForPartners refuses what no relation covers, whatever its roles.
var errNotForPartners = &domain.Error{
	Kind: domain.Forbidden, Code: "not_for_partners",
	Message: "A partner cannot do this on behalf of a customer. Ask an administrator of the customer.",
}

// purpose is what a partner asks for an operation for.
type purpose bool

const (
	sees purpose = false // R54
	acts purpose = true  // R55
)

// partnersMay is every operation that a partner's person may ask for on behalf
// of a customer. The roles of the relation decide then, as an administrator's
// own would. What is not here, such as what purchasers do with what they bought,
// the customer's policies and its other partners, is refused.
var partnersMay = map[string]purpose{
	"list-products":        sees,
	"export-products":      sees,
	"list-product-users":   sees,
	"export-product-users": sees,
	"list-product-totals":  sees,
	"show-order":           sees,
	"list-refusals":        sees,
	"list-capacity":        sees,
	"list-orphaned":        sees,
	"show-subscription":    sees,
	"get-control":          sees,

	"list-last-assignees":                 sees,
	"list-last-assignees-of-subscription": sees,
	"list-cancellation-requests":          sees,

	"preview-centralisation":     sees,
	"list-centralisations":       sees,
	"get-centralisation":         sees,
	"list-centralised-users":     sees,
	"list-centralised-purchases": sees,
	"explain-eligibility":        sees,
	"list-policies":              sees,
	"get-policy":                 sees,
	"get-offer-type-policy":      sees,
	"list-policy-changes":        sees,
	"list-events":                sees, // R56
	"get-purchase":               sees, // a central one of their own

	// Buying centrally, assigning what was bought so, and asking purchasers to
	// cancel, one by one or as a whole (R45-R47).
	"start-centralisation":        acts,
	"buy-central-seats":           acts,
	"choose-central-subscription": acts,
	"close-centralisation":        acts,
	"withdraw-centralisation":     acts,

	"start-purchase":          acts,
	"submit-purchase":         acts,
	"assign-license":          acts,
	"assign-licenses":         acts,
	"unassign-license":        acts,
	"unassign-licenses":       acts,
	"add-seats":               acts,
	"remove-seats":            acts,
	"cancel-scheduled-change": acts,
	"set-recurring-billing":   acts,
	"cancel-subscription":     acts,
	"reactivate-subscription": acts,

	"request-cancellation":          acts,
	"withdraw-cancellation-request": acts,
}

// behalfParameter documents the header where it may be given.
func behalfParameter(operation string) []*huma.Param {
	if _, may := partnersMay[operation]; !may {
		return nil
	}
	return []*huma.Param{{
		Name: behalfHeader, In: "header", Schema: &huma.Schema{Type: huma.TypeString, Format: "uuid"},
		Description: "For a partner's person: the tenant id of the customer whose relation lets them do this.",
		Example:     "23d6fd70-3023-5133-bd76-4d9261caf444",
	}}
}

// admit turns a partner's person into who they are to a customer. It is the one
// place where a request leaves its token's tenant; the request is on the
// customer's record before anything else happens to it.
func (s *Server) admit(ctx huma.Context, who commands.Principal, customers []string) (commands.Principal, error) {
	if len(customers) != 1 {
		return commands.Principal{}, partner.ErrUnknown
	}
	purpose, may := partnersMay[ctx.Operation().OperationID]
	acting, err := s.Partners.Admit(ctx.Context(), who, commands.Visit{
		Customer: domain.TenantID(customers[0]), Operation: ctx.Operation().OperationID, Subject: subjectOf(ctx), Acts: bool(purpose),
	})
	if err == nil && !may {
		return commands.Principal{}, errNotForPartners
	}
	return acting, err
}

var (
	placeholder = regexp.MustCompile(`\{([a-z]+)\}`)
	orderNumber = regexp.MustCompile(`^KA(-[0-9A-Z]{4}){3}$`)
)

// subjectOf is the one thing that a path is about. Only what can be nothing but
// an id of ours is kept: the rest of a path is what somebody typed.
func subjectOf(ctx huma.Context) string {
	for _, name := range placeholder.FindAllStringSubmatch(ctx.Operation().Path, -1) {
		value := ctx.Param(name[1])
		if id, err := uuid.Parse(value); err == nil && id.String() == value || orderNumber.MatchString(value) {
			return value
		}
	}
	return ""
}

// cardHidden is what a partner reads where others read of the payer's card.
const cardHidden = "A payment method was attached."

// closedToPartners says whether a kind of fact is none of a partner's business:
// the payer's card and bills, and what the customer has with this partner and
// with others.
func closedToPartners(eventType string) bool {
	switch aggregate, _, _ := strings.Cut(eventType, "."); aggregate {
	case "invoice", "invoiceregister", "partner", "access", "paymentmethod":
		return true
	}
	return eventType == purchase.PaymentMethodAttached{}.EventType()
}
