package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/projections/views"
	"kassa/services/billing"
	"kassa/services/document"
)

type (
	documentInput struct {
		Reading
		Number   string `path:"number" doc:"The bill's number." example:"KASSA-2026-0000042"`
		Language string `header:"Accept-Language" doc:"English or Swedish." example:"sv"`
	}
	documentOutput struct {
		ContentType string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition"`
		Language    string `header:"Content-Language"`
		Body        []byte
	}
)

func (s *Server) registerDocuments(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "print-invoice", Method: http.MethodGet, Path: "/v1/invoices/{number}/pdf", Tags: []string{"Bills"},
		Summary:     "One of your bills on paper",
		Description: "An invoice or a credit note as a PDF (A4), as it was issued: the same bytes each time, in English or Swedish.",
		Responses: map[string]*huma.Response{"200": {
			Description: "The document.", Content: map[string]*huma.MediaType{"application/pdf": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
		}},
	}, s.printInvoice)
}

func (s *Server) printInvoice(ctx context.Context, who commands.Principal, in *documentInput) (*documentOutput, error) {
	if err := s.caughtUp(ctx, in.Reading, views.InvoicesView.Name, views.CatalogueView.Name, views.DirectoryView.Name); err != nil {
		return nil, err
	}
	found, _, err := views.NewInvoices(s.Projector).Get(ctx, who.Tenant, who.Person, in.Number)
	if err != nil {
		return nil, err
	}
	people, err := s.openPeople(ctx, who, found.Payer)
	if err != nil {
		return nil, err
	}
	bill, err := billing.Page(ctx, s.Projector, found.Issued, people.show(found.Payer).Name)
	if err != nil {
		return nil, err
	}
	language := languageOf(in.Language)
	pdf, err := document.PDF(bill, language)
	if err != nil {
		return nil, err
	}
	return &documentOutput{
		ContentType: "application/pdf", Disposition: `attachment; filename="` + bill.Number + `.pdf"`, Language: language, Body: pdf,
	}, nil
}
