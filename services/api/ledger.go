package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
	"kassa/services/ledger"
)

// auditor holds the ledger against the bills and the gateway's books.
type auditor interface {
	Verify(ctx context.Context) (ledger.Report, error)
}

// bank takes charges back. Only a simulated gateway lets anybody here be one.
type bank interface {
	Dispute(ctx context.Context, charge, reason string) (domain.Dispute, error)
}

// ErrRealBank refuses to play the bank of a real gateway.
var ErrRealBank = domain.Refuse("bank_is_real", "Only the payer's bank takes a payment back. Use the simulated payment service to try what happens then.")

type (
	chargebackInput struct {
		Body v1.Chargeback
	}
	chargebackOutput struct{ Body v1.Dispute }
	balancesInput    struct {
		Reading
		Tenant domain.TenantID `query:"tenant" doc:"Only what people of this organisation pay."`
		Payer  domain.PersonID `query:"payer" doc:"Only what this person pays."`
	}
	balancesOutput struct{ Body v1.Balances }
	ledgerInput    struct{ Reading }
	ledgerOutput   struct{ Body v1.LedgerReport }
)

func (s *Server) registerLedger(api huma.API) {
	group := []string{"Ledger"}
	signed(s, api, huma.Operation{
		OperationID: "list-balances", Method: http.MethodGet, Path: "/v1/ledger/balances", Tags: group,
		Summary:     "What every account comes to",
		Description: "By currency, over all organisations, or of one or of one payer; the accounts of a currency add up to zero. For the operator.",
	}, s.listBalances)
	signed(s, api, huma.Operation{
		OperationID: "verify-ledger", Method: http.MethodPost, Path: "/v1/ledger/verify", Tags: group,
		Summary:     "Prove that the money adds up",
		Description: "The ledger to zero, its receivables to the bills that are open, its cash to the gateway's own books, transaction by transaction. Each difference is named. For the operator.",
		Middlewares: huma.Middlewares{unhurried},
	}, s.verifyLedger)
	signed(s, api, huma.Operation{
		OperationID: "take-charge-back", Method: http.MethodPost, Path: "/v1/ledger/chargebacks", Tags: group,
		Summary:     "Take a payment back, as its payer's bank would",
		Description: "Only with the simulated payment service. The subscription is disabled within moments; asking again changes nothing. For the operator.",
	}, s.takeBack)
}

func (s *Server) takeBack(ctx context.Context, who commands.Principal, in *chargebackInput) (*chargebackOutput, error) {
	switch {
	case !who.Has(commands.RoleOperator):
		return nil, commands.ErrNotOperator
	case s.Bank == nil:
		return nil, ErrRealBank
	}
	d, err := s.Bank.Dispute(ctx, in.Body.Charge, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &chargebackOutput{v1.Dispute{ID: d.ID, Charge: d.Charge, Amount: d.Amount, Reason: d.Reason, At: d.At}}, nil
}

// ledgerReady is who may see the money of all organisations, once every bill
// that is written shows.
func (s *Server) ledgerReady(ctx context.Context, who commands.Principal, r Reading) error {
	if !who.Has(commands.RoleOperator) {
		return commands.ErrNotOperator
	}
	return s.caughtUp(ctx, r, views.LedgerView.Name, views.InvoicesView.Name)
}

func (s *Server) listBalances(ctx context.Context, who commands.Principal, in *balancesInput) (*balancesOutput, error) {
	if err := s.ledgerReady(ctx, who, in.Reading); err != nil {
		return nil, err
	}
	all, asOf, err := views.NewLedger(s.Projector).Balances(ctx, in.Tenant, in.Payer)
	if err != nil {
		return nil, err
	}
	body := v1.Balances{AsOf: v1.AsOf{Position: asOf}}
	for _, b := range all {
		body.Items = append(body.Items, v1.Balance{Account: string(b.Account), Amount: b.Amount})
	}
	return &balancesOutput{body}, nil
}

func (s *Server) verifyLedger(ctx context.Context, who commands.Principal, in *ledgerInput) (*ledgerOutput, error) {
	if err := s.ledgerReady(ctx, who, in.Reading); err != nil {
		return nil, err
	}
	r, err := s.Ledger.Verify(ctx)
	if err != nil {
		return nil, err
	}
	body := v1.LedgerReport{Equal: len(r.Differences) == 0, Entries: r.Entries, Transactions: r.Transactions, Position: r.Position}
	for _, d := range r.Differences {
		body.Differences = append(body.Differences, v1.LedgerDifference{
			Kind: string(d.Kind), InvoiceID: d.Bill, Reference: d.Reference, Ledger: d.Ledger, Other: d.Other,
		})
	}
	return &ledgerOutput{body}, nil
}
