package demo

import (
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/domain/partner"
)

// Delegation is a relation that an organisation has granted a partner before
// the visitor comes.
type Delegation struct {
	By, To   string // mails: a global administrator of the customer, and somebody of the partner
	Kind     partner.Kind
	Roles    []string
	Ago, For time.Duration // how long before the demonstration it began, and how long it holds
}

// Command names the intent, the same at every start.
func (d Delegation) Command() uuid.UUID {
	return uuid.NewSHA1(namespace, []byte("delegation "+d.By+" "+d.To))
}

const year = 365 * 24 * time.Hour

// Delegations are one that holds, and one that did.
func Delegations() []Delegation {
	return []Delegation{
		{By: "gail@contoso.example", To: "pat@partner.example", Kind: partner.GDAP, For: year,
			Roles: []string{domain.RoleGlobalReader, domain.RoleBillingAdmin, domain.RoleLicenseAdmin}},
		{By: "gail@fabrikam.example", To: "pat@partner.example", Kind: partner.DAP, Ago: 2 * year, For: year},
	}
}
