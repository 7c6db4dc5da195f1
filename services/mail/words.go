package mail

// words are what a mail says around the notice, in one language.
type words struct {
	language                                             string
	hello, helloNobody                                   string // with a name, and without one
	product, order, invoice, creditNote, what, seats     string
	period, paid, tax, paidBack, takenBack, owed         string
	payBefore, ends, trialEnds, payment, then, yes, no   string
	priceNow, priceThen, renews                          string
	price, cancelBefore, answerBefore, attached, because string
}

func wordsOf(language string) words {
	if language == "sv" {
		return swedish
	}
	return english
}

func (w words) yesNo(is bool) string {
	if is {
		return w.yes
	}
	return w.no
}

var english = words{
	language: "en", hello: "Hello %s,", helloNobody: "Hello,",
	product: "Product", order: "Order", invoice: "Invoice", creditNote: "Credit note", what: "What for", seats: "Seats",
	period: "Period", paid: "Paid", tax: "Of that, tax", paidBack: "Paid back", takenBack: "Taken back", owed: "To be paid back",
	payBefore: "Pay before", ends: "Ends", trialEnds: "Trial ends", payment: "Payment method given", then: "Then, per seat and term", yes: "Yes", no: "No",
	priceNow: "Price per seat and term now", priceThen: "Then", renews: "Renews",
	price: "Price of the first term", cancelBefore: "Cancel before", answerBefore: "Answer before",
	attached: "The document is attached as a PDF.",
	because:  "You get this mail because of something that you bought, or asked for, at %s. Nobody reads answers to it.",
}

var swedish = words{
	language: "sv", hello: "Hej %s!", helloNobody: "Hej!",
	product: "Produkt", order: "Beställning", invoice: "Faktura", creditNote: "Kreditfaktura", what: "Avser", seats: "Licenser",
	period: "Period", paid: "Betalt", tax: "Varav skatt", paidBack: "Återbetalat", takenBack: "Taget tillbaka", owed: "Att återbetala",
	payBefore: "Betala före", ends: "Upphör", trialEnds: "Provperioden slutar", payment: "Betalningssätt angivet", then: "Därefter, per licens och period", yes: "Ja", no: "Nej",
	priceNow: "Pris per licens och period nu", priceThen: "Därefter", renews: "Förnyas",
	price: "Pris för första perioden", cancelBefore: "Säg upp före", answerBefore: "Svara före",
	attached: "Dokumentet är bifogat som PDF.",
	because:  "Du får det här mejlet på grund av något som du har köpt, eller bett om, hos %s. Ingen läser svar på det.",
}
