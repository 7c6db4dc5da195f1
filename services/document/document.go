// Package document prints bills: an invoice or a credit note as a PDF, in English
// or Swedish. A page is a pure function of the bill as it was issued, the names
// that are shown and the language: the same bytes, whenever and wherever it is
// printed. It must never know what became of the bill later, ask anybody for
// anything, or look at a clock.
package document

import (
	"bytes"
	"cmp"
	"fmt"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"

	"kassa/domain"
	"kassa/domain/invoice"
)

// Layout is the version of how pages look. It stands in each file, so that two
// files of one bill that differ can be told apart.
const Layout = 4

// Bill is what is printed.
type Bill struct {
	invoice.Issued
	Credited     string // of a credit note: the number of the bill that it credits
	Payer        string // their name
	Organisation string // theirs
	Products     map[domain.ProductID]string
}

// Seller is who sends bills.
const Seller = "Kassa"

// PDF prints a bill in a language, en or sv.
func PDF(b Bill, language string) ([]byte, error) {
	p := newPage(b, language)
	p.AddPage()
	p.head()
	p.table()
	p.sums()
	var out bytes.Buffer
	err := p.Output(&out)
	return out.Bytes(), err
}

// page is a document that is being printed. Lengths are in millimetres.
type page struct {
	*fpdf.Fpdf
	Bill
	words
}

func newPage(b Bill, language string) *page {
	p := &page{Fpdf: fpdf.New("P", "mm", "A4", ""), Bill: b, words: wordsOf(language)}
	p.SetCatalogSort(true) // else objects come in another order each time
	p.SetCreationDate(b.At.UTC())
	p.SetModificationDate(b.At.UTC())
	p.SetTitle(p.title()+" "+b.Number, true)
	p.SetAuthor(Seller, true)
	p.SetCreator(fmt.Sprintf("Kassa, layout %d", Layout), true)
	p.SetLang(p.language)
	p.AddUTF8FontFromBytes(font, "", goregular.TTF)
	p.AddUTF8FontFromBytes(font, "B", gobold.TTF)
	p.SetMargins(margin, margin, margin)
	p.SetAutoPageBreak(false, margin)
	p.AliasNbPages(pages)
	p.SetFooterFunc(p.foot)
	return p
}

func (p *page) title() string {
	if p.Kind == invoice.CreditNote {
		return p.creditNote
	}
	return p.invoice
}

func (p *page) product(id domain.ProductID) string { return cmp.Or(p.Products[id], string(id)) }
