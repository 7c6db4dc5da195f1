package document

import (
	"strconv"
	"strings"
	"time"

	"github.com/bojanz/currency"

	"kassa/domain"
	"kassa/domain/invoice"
)

// words are what a document says in one language.
type words struct {
	language                                         string
	invoice, creditNote                              string
	number, issued, due, order, market, credits      string
	billedTo                                         string
	description, period, quantity, unitPrice, amount string
	net, total, vat, gst, untaxed                    string
	ofDays, pageOf                                   string // with what stands in it
	included, onTop                                  string
	byCard, toCard                                   string
	transactions                                     map[invoice.Transaction]string
}

func wordsOf(language string) words {
	if language == "sv" {
		return swedish
	}
	return english
}

var english = words{
	language: "en", invoice: "Invoice", creditNote: "Credit note",
	number: "Number", issued: "Issued", due: "Due", order: "Order", market: "Market", credits: "Credits",
	billedTo: "Billed to", description: "Description", period: "Service period", quantity: "Seats", unitPrice: "Unit price", amount: "Amount",
	net: "Without tax", total: "Total", vat: "VAT", gst: "GST", untaxed: "No tax",
	ofDays: "%d of %d days of the period", pageOf: "Page %d of %s",
	included: "Prices and amounts include tax.", onTop: "Prices and amounts are stated without tax, which comes on top.",
	byCard: "The amount is charged to your card. Where this invoice stands is shown under Bills.",
	toCard: "The amount is paid back to the card that was charged. Where this credit note stands is shown under Bills.",
	transactions: map[invoice.Transaction]string{
		invoice.Purchase: "Purchase", invoice.Renew: "Renewal", invoice.ReEnable: "Reactivation", invoice.AddQuantity: "More seats",
		invoice.RemoveQuantity: "Fewer seats", invoice.Cancel: "Cancellation", invoice.Convert: "Trial converted", invoice.MonthlyPayment: "Monthly payment", invoice.Credit: "Credit",
	},
}

var swedish = words{
	language: "sv", invoice: "Faktura", creditNote: "Kreditfaktura",
	number: "Nummer", issued: "Utfärdad", due: "Förfaller", order: "Beställning", market: "Marknad", credits: "Krediterar",
	billedTo: "Faktureras", description: "Beskrivning", period: "Period", quantity: "Antal", unitPrice: "À-pris", amount: "Belopp",
	net: "Exklusive skatt", total: "Summa", vat: "Moms", gst: "GST", untaxed: "Ingen skatt",
	ofDays: "%d av periodens %d dagar", pageOf: "Sida %d av %s",
	included: "Priser och belopp är inklusive skatt.", onTop: "Priser och belopp är exklusive skatt, som tillkommer.",
	byCard: "Beloppet dras från ditt kort. Fakturans status visas under Fakturor.",
	toCard: "Beloppet återbetalas till kortet som debiterades. Kreditfakturans status visas under Fakturor.",
	transactions: map[invoice.Transaction]string{
		invoice.Purchase: "Köp", invoice.Renew: "Förnyelse", invoice.ReEnable: "Återaktivering", invoice.AddQuantity: "Fler licenser",
		invoice.RemoveQuantity: "Färre licenser", invoice.Cancel: "Uppsägning", invoice.Convert: "Provperiod blev köp", invoice.MonthlyPayment: "Månadsbetalning", invoice.Credit: "Kreditering",
	},
}

// Money is an amount as a language's readers write it.
func Money(m domain.Money, language string) string { return wordsOf(language).money(m) }

// Transaction is what a line is for, in a language.
func Transaction(t invoice.Transaction, language string) string {
	return wordsOf(language).transactions[t]
}

// Day is a date that readers of both languages read: 2026-03-31.
func Day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// money is an amount as its readers write it, with the currency's code and
// decimals. Narrow and unbreakable spaces are plain ones: not every font has them.
func (w words) money(m domain.Money) string {
	a, err := currency.NewAmountFromInt64(m.Minor, m.Currency)
	if err != nil {
		return strconv.FormatInt(m.Minor, 10) + " " + m.Currency
	}
	f := currency.NewFormatter(currency.NewLocale(w.language))
	f.CurrencyDisplay = currency.DisplayCode
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(f.Format(a))
}

func (w words) tax(kind domain.TaxKind, rate int64) string {
	percent := strconv.FormatFloat(float64(rate)/100, 'f', -1, 64)
	if w.language == "sv" {
		percent = strings.ReplaceAll(percent, ".", ",")
	}
	switch kind {
	case domain.VAT:
		return w.vat + " " + percent + " %"
	case domain.GST:
		return w.gst + " " + percent + " %"
	}
	return w.untaxed
}
