package api_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/eventstore"
	v1 "kassa/services/api/v1"
)

const (
	pat  = "pat@partner.example" // global administrator at home, which counts for nothing elsewhere
	gail = "gail@contoso.example"
	bill = "bill@contoso.example"
)

var partnersPath = "/v1/partners/" + string(tenantID(9))

func idOf(mail string) domain.PersonID {
	return residents[slices.IndexFunc(residents, func(p commands.Person) bool { return p.Mail == mail })].Person
}

// let grants partner.example a relation with contoso for half an hour.
func (h *house) let(kind string, roles ...string) v1.DelegationChanged {
	h.Helper()
	return is[v1.DelegationChanged](h.grant(gail, v1.GrantDelegation{
		Partner: "partner.example", Kind: kind, Roles: roles, ExpiresAt: h.Now().Add(30 * time.Minute)}), 201)
}

func (h *house) grant(as string, in v1.GrantDelegation) answer {
	h.Helper()
	body, err := json.Marshal(in)
	require.NoError(h, err)
	return h.ask(as, "POST", "/v1/partners", string(body))
}

// behalf asks as pat, for contoso.
func (h *house) behalf(method, path, body string, headers ...string) answer {
	h.Helper()
	return h.ask(pat, method, path, body, append(headers, "Kassa-On-Behalf-Of", string(tenantID(1)))...)
}

// since is every fact after a position.
func (h *house) since(position uint64) (facts []eventstore.Fact) {
	h.Helper()
	for d, err := range h.store.Follow(h.Context(), position) {
		require.NoError(h, err)
		if d.CaughtUp {
			break
		}
		if d.Record != nil {
			f, err := eventstore.Schema().Decode(*d.Record)
			require.NoError(h, err)
			facts = append(facts, f)
		}
	}
	return facts
}

// partnerRoles are what a relation may consist of, by a letter each.
var partnerRoles = map[string]struct{ kind, role string }{
	"D": {"DAP", ""},
	"G": {"GDAP", domain.RoleGlobalAdmin},
	"B": {"GDAP", domain.RoleBillingAdmin},
	"R": {"GDAP", domain.RoleGlobalReader},
	"L": {"GDAP", domain.RoleLicenseAdmin},
	"U": {"GDAP", domain.RoleUserAdmin},
	"P": {"GDAP", domain.RolePowerPlatformAdmin},
}

// openToPartners says of every route that a partner may ask for, on what anna
// bought by herself, which roles are answered. Nobody may change anything of it,
// but ask her to (R47); what partners do centrally is in TestR55.
var openToPartners = map[string]string{
	"GET /v1/subscriptions/{subscription}/control":                          "DGBR", // 409: nobody took it
	"GET /v1/subscriptions/{subscription}":                                  "DGBR",
	"GET /v1/products":                                                      "DGBR",
	"GET /v1/products/users":                                                "DGBR",
	"GET /v1/products/users.csv":                                            "DGBR",
	"GET /v1/products.csv":                                                  "DGBR",
	"GET /v1/products/summary":                                              "DGBR",
	"GET /v1/orders/{order}":                                                "DGBR",
	"GET /v1/refusals":                                                      "DGBR",
	"GET /v1/capacity":                                                      "DGBRP",
	"GET /v1/policies":                                                      "DGBR",
	"GET /v1/policies/CFQ7TTC0H9MP":                                         "DGBR",
	"GET /v1/policies/offer-types/SaaS":                                     "DGBR",
	"GET /v1/policies/history":                                              "DGBR",
	"GET /v1/eligibility":                                                   "DGB",
	"GET /v1/centralisations/preview":                                       "DGBR",
	"GET /v1/centralisations":                                               "DGBR",
	"GET /v1/centralisations/{centralisation}":                              "DGBR",
	"GET /v1/centralisations/{centralisation}/users":                        "DGBR",
	"GET /v1/centralisations/{centralisation}/purchases":                    "DGBR",
	"POST /v1/centralisations":                                              "G",
	"POST /v1/centralisations/{centralisation}/buy":                         "GB",
	"POST /v1/centralisations/{centralisation}/target":                      "DGBRLUP", // what anna bought is no target, whoever asks
	"POST /v1/centralisations/{centralisation}/close":                       "G",
	"POST /v1/centralisations/{centralisation}/withdraw":                    "G",
	"GET /v1/orphaned":                                                      "DGBR",
	"GET /v1/last-assignees":                                                "DGBRLU",
	"GET /v1/cancellation-requests":                                         "DGBR",
	"GET /v1/subscriptions/{subscription}/last-assignees":                   "DGBRLU",
	"POST /v1/subscriptions/{subscription}/cancellation-requests":           "GB",
	"POST /v1/cancellation-requests/{request}/withdraw":                     "GB",
	"GET /v1/events":                                                        "GR",
	"GET /v1/purchases/{purchase}":                                          "",
	"POST /v1/purchases":                                                    "",
	"POST /v1/purchases/{purchase}/submit":                                  "",
	"POST /v1/subscriptions/{subscription}/licenses":                        "",
	"DELETE /v1/subscriptions/{subscription}/licenses/omar@contoso.example": "",
	"POST /v1/subscriptions/{subscription}/licenses/assign":                 "",
	"POST /v1/subscriptions/{subscription}/licenses/unassign":               "",
	"POST /v1/subscriptions/{subscription}/seats":                           "",
	"POST /v1/subscriptions/{subscription}/seats/remove":                    "",
	"DELETE /v1/subscriptions/{subscription}/scheduled-change":              "",
	"PUT /v1/subscriptions/{subscription}/recurring-billing":                "",
	"POST /v1/subscriptions/{subscription}/cancel":                          "",
	"POST /v1/subscriptions/{subscription}/reactivate":                      "",
}

// closedToPartners are the routes that no relation opens.
var closedToPartners = []string{
	"GET /v1/purchases", // one's own
	"GET /v1/me",
	"POST /v1/subscriptions/{subscription}/control",
	"DELETE /v1/subscriptions/{subscription}/control/move",
	"POST /v1/support/cases", // a partner is not expected to help with these (R50)
	"GET /v1/support/cases",
	"POST /v1/support/cases/{case}/escalate",
	"POST /v1/support/cases/{case}/close",
	"POST /v1/support/credits",
	"GET /v1/support/premier",
	"PUT /v1/policies/request-process",
	"POST /v1/license-requests", // between people and their own administrators
	"GET /v1/license-requests",
	"POST /v1/license-requests/{ask}/approve",
	"POST /v1/license-requests/{ask}/deny",
	"POST /v1/license-requests/{ask}/share",
	"GET /v1/auto-claim",
	"PUT /v1/auto-claim",
	"DELETE /v1/auto-claim",
	"GET /v1/auto-claim/report",
	"POST /v1/licenses/claim",
	"POST /v1/subscriptions/{subscription}/extend-trial",
	"POST /v1/subscriptions/{subscription}/convert",
	"GET /v1/bills",
	"GET /v1/invoices",
	"GET /v1/invoices/KASSA-2026-0000001",
	"GET /v1/invoices/{number}/pdf",
	"GET /v1/invoices/statement.csv",
	"GET /v1/billing/run",
	"GET /v1/ledger/balances",
	"POST /v1/ledger/verify",
	"POST /v1/ledger/chargebacks",
	"POST /v1/subscriptions/{subscription}/pay",
	"PUT /v1/subscriptions/{subscription}/card",
	"GET /v1/payment-methods", // R36
	"POST /v1/payment-methods",
	"PATCH /v1/payment-methods/{method}",
	"POST /v1/payment-methods/{method}/replace",
	"PUT /v1/payment-methods/{method}/default",
	"DELETE /v1/payment-methods/{method}",
	"GET /v1/notices",
	"GET /v1/mails",
	"POST /v1/cancellation-requests/{request}/accept",
	"POST /v1/cancellation-requests/{request}/decline",
	"DELETE /v1/people/omar@contoso.example",
	"POST /v1/people/omar@contoso.example/restore",
	"GET /v1/customers",
	"GET /v1/partners",
	"POST /v1/partners",
	"DELETE " + partnersPath,
	"GET " + partnersPath + "/access",
	"PUT /v1/policies",
	"PUT /v1/policies/CFQ7TTC0H9MP",
	"PUT /v1/policies/products",
	"PUT /v1/policies/offer-types/SaaS",
	"GET /v1/views",
	"POST /v1/views/your_products/rebuild",
	"POST /v1/views/your_products/verify",
	"POST /v1/views/your_products/retry",
	"POST /v1/views/your_products/drop",
	"POST /v1/imports/catalogue",
	"POST /v1/prices",
	"POST /v1/prices/withdraw",
}

// A partner's person walks every route there is with every role there is. What
// they are shown never has the payer's card in it; what they try leaves
// what she bought as it was, and the record that they came.
func TestR54_EveryRouteIsOpenToPartnersByRoleOrClosed(t *testing.T) {
	h := newHouse(t)
	mine := h.mine()
	h.ask(gail, "DELETE", partnersPath, "")
	for _, letter := range slices.Sorted(maps.Keys(partnerRoles)) {
		relation := partnerRoles[letter]
		h.let(relation.kind, strings.Fields(relation.role)...)
		before, walked := h.head(), 0
		for _, r := range routes {
			if r.public {
				continue
			}
			path, _, _ := strings.Cut(r.path, "?")
			name := r.method + " " + path
			roles, open := openToPartners[name]
			closed := slices.Contains(closedToPartners, name)
			require.True(t, open != closed, "%s is in neither column, or in both: decide whether a partner may ask for it, in partnersMay and here", name)
			a := h.behalf(r.method, mine.Replace(r.path), mine.Replace(r.body))
			walked++
			switch {
			case closed:
				a.problem(http.StatusForbidden, "not_for_partners")
			case strings.Contains(roles, letter):
				assert.Contains(t, []int{200, 201, 409, 422}, a.status, "%s as %s: %s", name, letter, a.body)
			default:
				assert.True(t, a.status == 403 || a.status == 404 || strings.Contains(string(a.body), "partner_read_only"), "%s as %s: %s", name, letter, a.body)
				assert.NotContains(t, string(a.body), "not_for_partners", name)
			}
			for _, secret := range []string{"ending in 4242", "tok_visa", `"last4"`, `"invoice`} {
				assert.NotContains(t, string(a.body), secret, "%s as %s", name, letter)
			}
		}
		recorded := 0
		for _, f := range h.since(before) {
			assert.Equal(t, tenantID(9), f.Meta.Actor.Tenant, f.Type)
			assert.NotEmpty(t, f.Meta.Actor.Relation, f.Type)
			for _, aggregate := range []string{"purchase-{purchase}", "subscription-{subscription}", "license-{subscription}", "user-"} {
				assert.NotContains(t, f.Stream, mine.Replace(aggregate), "as %s: %s", letter, f.Type)
			}
			if f.Type == "access.recorded.v1" {
				recorded++
			}
		}
		assert.Equal(t, walked, recorded, "as %s", letter)
		h.ask(gail, "DELETE", partnersPath, "")
	}
}

// Whoever was let in by nobody meets a wall at every route, and cannot tell a
// customer of others from one that does not exist.
func TestTenantsAreWallsToPartners(t *testing.T) {
	h := newHouse(t)
	mine := h.mine() // which lets pat in, to contoso alone
	before := h.head()
	const nowhere = "10000000-0000-4000-8000-00000000000f"
	for _, r := range routes {
		if r.public {
			continue
		}
		ask := func(as, customer string) answer {
			return h.ask(as, r.method, mine.Replace(r.path), mine.Replace(r.body), "Kassa-On-Behalf-Of", customer)
		}
		unknown := ask(pat, nowhere)
		unknown.problem(http.StatusForbidden, "delegation_unknown")
		for _, a := range []answer{
			ask(pat, string(tenantID(2))), ask(pat, string(tenantID(9))), ask(pat, "contoso.example"), ask(pat, ""),
			ask("gail@fabrikam.example", string(tenantID(1))), ask(gail, string(tenantID(1))), ask("operator", string(tenantID(1))),
		} {
			assert.Equal(t, string(unknown.body), string(a.body), r.path)
			assert.Equal(t, unknown.status, a.status)
		}
	}
	assert.Equal(t, before, h.head(), "nothing was written")

	r, err := http.NewRequestWithContext(t.Context(), "GET", h.http.URL+"/v1/products", nil)
	require.NoError(t, err)
	r.Header = http.Header{"Authorization": {"Bearer " + h.tokens[pat]}, "Kassa-On-Behalf-Of": {string(tenantID(1)), string(tenantID(1))}}
	twice, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer twice.Body.Close()
	assert.Equal(t, http.StatusForbidden, twice.StatusCode)
}

func TestR54_OnlyMembersOfThePartnerWithAnOpenAccountComeIn(t *testing.T) {
	h := newHouse(t)
	h.let("DAP")
	for _, who := range []string{"gus@partner.example", "dot@partner.example"} {
		h.ask(who, "GET", "/v1/products", "", "Kassa-On-Behalf-Of", string(tenantID(1))).problem(403, "not_partner_staff")
		h.ask(who, "GET", "/v1/customers", "").problem(403, "not_partner_staff")
	}
	assert.Equal(t, 200, h.behalf("GET", "/v1/products", "").status)
}
