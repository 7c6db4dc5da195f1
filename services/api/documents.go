package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/product"
	"kassa/projections/views"
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
	bill, err := s.printed(ctx, who, in.Number)
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

// printed is a bill of the caller's with the names that it shows.
func (s *Server) printed(ctx context.Context, who commands.Principal, number string) (b document.Bill, err error) {
	found, _, err := views.NewInvoices(s.Projector).Get(ctx, who.Tenant, who.Person, number)
	if err != nil {
		return b, err
	}
	b.Issued = found.Issued
	if b.Credited, err = views.NewInvoices(s.Projector).Number(ctx, found.Credits); err != nil {
		return b, err
	}
	names, err := views.NewDirectory(s.Projector).TenantNames(ctx, who.Tenant)
	if err != nil {
		return b, err
	}
	people, err := s.openPeople(ctx, who, found.Payer)
	b.Organisation, b.Payer, b.Products = names[who.Tenant], people.show(found.Payer).Name, map[domain.ProductID]string{}
	for _, l := range b.Lines {
		p, _, failed := views.NewCatalogue(s.Projector).Product(ctx, l.Product, b.At)
		if failed != nil && !errors.Is(failed, product.ErrUnknown) {
			return b, failed
		}
		b.Products[l.Product] = p.Name
	}
	return b, err
}
