package tenantpolicy

import "kassa/domain"

// OfferType is a kind of third-party offers, which one policy covers together.
// Ids are compared as given.
type OfferType string

// offerTypes are the kinds there are, by the ids that existing scripts use.
var offerTypes = []struct {
	id   OfferType
	name string
}{
	{"SaaS", "Software as a Service"},
	{"POWERBIVISUALS", "Power BI visuals"},
	{"DYNAMICSCE", "Dynamics 365 customer engagement apps"},
	{"DYNAMICSBC", "Dynamics 365 Business Central apps"},
}

// OfferTypes lists every kind, in the order in which they are shown.
func OfferTypes() []OfferType {
	all := make([]OfferType, len(offerTypes))
	for i, t := range offerTypes {
		all[i] = t.id
	}
	return all
}

// Name is what people call the kind; empty if there is no such kind.
func (o OfferType) Name() string {
	for _, t := range offerTypes {
		if t.id == o {
			return t.name
		}
	}
	return ""
}

// twoValued is what a default means for offer types, which know no trials of
// their own: what does not allow purchases disables them.
func twoValued(v domain.PolicyValue) domain.PolicyValue {
	if v == domain.PolicyEnabled {
		return domain.PolicyEnabled
	}
	return domain.PolicyDisabled
}
