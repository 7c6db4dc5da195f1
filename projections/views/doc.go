// Package views holds the read models: each is one projection, its rows and the
// questions it answers, in files that begin with its name. A question takes the
// tenant as a parameter, so one that forgets it does not compile; the exceptions
// are the catalogue, which all tenants share, finding a tenant by a domain, what
// is unfinished or due, which only Kassa itself asks, and what the vendor's
// support looks after.
//
// Every answer says which position of history it is as of. Nothing here reads a
// clock: what depends on the time of day is asked with that time. Names and
// addresses are only ever seen sealed. Who may ask what is decided elsewhere.
package views

import "kassa/projections"

// All lists every view of the program.
func All() []projections.Projection {
	return []projections.Projection{
		YourProductsView, PurchasesView, OrderHistoryView, DirectoryView, CatalogueView, UnfinishedView, RefusalsView, DueView,
		CapacityView,
		LeaversView,
		AccessView,
		CancellationRequestsView,
		NoticesView,
		LastAssigneesView,
		BillsView,
		DelegationsView,
		PartnerAccessView,
		LicenseRequestsView,
		ClaimsView,
		BillingView,
		InvoicesView,
		LedgerView,
		CentralisationsView,
		SupportCasesView,
		PaymentMethodsView,
	}
}
