package document_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/invoice"
	"kassa/domain/tax"
	"kassa/services/document"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// bill has so many lines of a market and currency, each of so many minor units.
func bill(market, currency string, minor int64, lines int) document.Bill {
	b := document.Bill{
		Payer: "Åsa Öberg", Organisation: "Contoso AB", Products: map[domain.ProductID]string{"CFQ7TTC0H9MP": "Power BI Pro"},
		Issued: invoice.Issued{
			Number: "KASSA-2026-0000042", Kind: invoice.Invoice, OrderNumber: "KA-C415-97KK-9F26", Market: market, At: noon, DueAt: noon,
			Net: domain.Money{Currency: currency}, Tax: domain.Money{Currency: currency}, Total: domain.Money{Currency: currency},
		},
	}
	for n := range lines {
		l := invoice.Line{
			Transaction: invoice.Renew, Product: "CFQ7TTC0H9MP", From: noon, To: noon.AddDate(0, 1, 0), Quantity: 3,
			UnitPrice: domain.Money{Minor: minor / 3, Currency: currency},
		}
		l.TaxSplit, _ = tax.Standard().At(market, noon).On(domain.Money{Minor: minor, Currency: currency})
		if n%2 == 1 {
			l.Transaction, l.Days, l.OfDays = invoice.AddQuantity, 14, 31
		}
		b.Lines = append(b.Lines, l)
		b.Net.Minor, b.Tax.Minor, b.Total.Minor = b.Net.Minor+l.Net.Minor, b.Tax.Minor+l.Tax.Minor, b.Total.Minor+l.Total.Minor
	}
	return b
}

func credit(b document.Bill) document.Bill {
	b.Kind, b.Credited, b.Number = invoice.CreditNote, b.Number, "KASSA-2026-0000043"
	return b
}

// read prints a document and reads its text back.
func read(t *testing.T, name string, b document.Bill, language string) string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not installed (poppler-utils), so nobody can read the page back")
	}
	pdf, err := document.PDF(b, language)
	require.NoError(t, err)
	dir := t.TempDir()
	if keep := os.Getenv("KASSA_KEEP_PDF"); keep != "" {
		dir = keep
	}
	path := filepath.Join(dir, name+"-"+language+".pdf")
	require.NoError(t, os.WriteFile(path, pdf, 0o600))
	text, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", path, "-").Output()
	require.NoError(t, err)
	return string(text)
}

func TestR29_ABillIsPrintedInBothLanguages(t *testing.T) {
	sek := bill("SE", "SEK", 1250_00, 2)
	for language, want := range map[string][]string{
		"en": {"Invoice", "Åsa Öberg", "Contoso AB", "KASSA-2026-0000042", "2026-03-02 – 2026-04-01", "Renewal", "Power BI Pro", "14 of 31 days", "VAT 25 %", "SEK 2,000.00", "SEK 500.00", "SEK 2,500.00", "Page 1 of 1"},
		"sv": {"Faktura", "Åsa Öberg", "Förnyelse", "14 av periodens 31 dagar", "Moms 25 %", "2 000,00 SEK", "500,00 SEK", "2 500,00 SEK", "Sida 1 av 1"},
	} {
		text := read(t, "invoice", sek, language)
		for _, w := range want {
			assert.Contains(t, text, w)
		}
	}
	back := credit(bill("SE", "SEK", -1250_00, 1))
	assert.Contains(t, read(t, "credit", back, "en"), "Credit note")
	text := read(t, "credit", back, "sv")
	for _, w := range []string{"Kreditfaktura", "KASSA-2026-0000043", "Krediterar", "KASSA-2026-0000042", "1 250,00 SEK"} {
		assert.Contains(t, text, w)
	}
}

func TestMoneyIsPrintedWithTheDecimalsOfItsCurrency(t *testing.T) {
	for market, want := range map[string]struct {
		b    document.Bill
		text string
	}{
		"US": {bill("US", "USD", 1234_50, 1), "USD 1,234.50"}, "JP": {bill("JP", "JPY", 123_450, 1), "JPY 123,450"},
		"KW": {bill("KW", "KWD", 1_234_567, 1), "KWD 1,234.567"},
	} {
		assert.Contains(t, read(t, market, want.b, "en"), want.text)
	}
	assert.Contains(t, read(t, "US", bill("US", "USD", 1234_50, 1), "en"), "No tax")
}

func TestABillSaysWhetherItsPricesHaveTheTaxInThem(t *testing.T) {
	ca := bill("CA", "CAD", 29_97, 1)
	for language, want := range map[string][]string{
		"en": {"CAD 9.99", "CAD 29.97", "GST 5 %", "CAD 1.50", "CAD 31.47", "Prices and amounts are stated without tax, which comes on top."},
		"sv": {"9,99 CAD", "29,97 CAD", "GST 5 %", "1,50 CAD", "31,47 CAD", "exklusive skatt, som tillkommer."},
	} {
		text := read(t, "CA", ca, language)
		for _, w := range want {
			assert.Contains(t, text, w)
		}
	}
	assert.Contains(t, read(t, "SE", bill("SE", "SEK", 1250_00, 1), "en"), "Prices and amounts include tax.")
	assert.Contains(t, read(t, "SE", bill("SE", "SEK", 1250_00, 1), "sv"), "inklusive skatt.")
	assert.NotContains(t, read(t, "US", bill("US", "USD", 1234_50, 1), "en"), "Prices and amounts")
}

func TestManyLinesTakeMorePages(t *testing.T) {
	text := read(t, "long", bill("SE", "SEK", 100_00, 60), "en")
	assert.Contains(t, text, "Page 1 of 4")
	assert.Contains(t, text, "Page 4 of 4")
	assert.Equal(t, 4, bytes.Count([]byte(text), []byte("Service period")), "each page begins with the head of the table")
	assert.Contains(t, text, "SEK 6,000.00")
}

// The same bill is the same file, byte for byte, wherever it is printed. A new
// layout changes these sums, and Layout.
func TestABillIsAlwaysTheSameFile(t *testing.T) {
	sums := map[string]string{}
	for _, language := range []string{"en", "sv"} {
		first, err := document.PDF(bill("SE", "SEK", 1250_00, 3), language)
		require.NoError(t, err)
		b := bill("SE", "SEK", 1250_00, 3)
		b.At, b.DueAt = noon.In(time.FixedZone("elsewhere", 9*3600)), noon.In(time.FixedZone("elsewhere", 9*3600))
		again, err := document.PDF(b, language)
		require.NoError(t, err)
		assert.Equal(t, first, again)
		sum := sha256.Sum256(first)
		sums[language] = hex.EncodeToString(sum[:8])
	}
	require.Equal(t, 4, document.Layout)
	assert.Equal(t, map[string]string{"en": "75936b4da4febe87", "sv": "38bbb75d36380647"}, sums)
}
