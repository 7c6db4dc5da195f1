package document

import (
	"fmt"
	"strconv"

	"kassa/domain"
	"kassa/domain/invoice"
)

const (
	font   = "go"
	margin = 18.0
	width  = 210 - 2*margin
	bottom = 297 - 24.0 // nothing but the foot is printed below
	row    = 5.0        // the height of a line of text
	pages  = "{n}"      // stands for how many there are
)

// columns are those of the table of lines.
var columns = []struct {
	width float64
	align string
}{{50, "L"}, {52, "L"}, {13, "R"}, {29, "R"}, {30, "R"}}

func (p *page) text(size float64, style string, grey int) {
	p.SetFont(font, style, size)
	p.SetTextColor(grey, grey, grey)
}

// head says whose bill it is, and which.
func (p *page) head() {
	p.text(11, "B", 0)
	p.CellFormat(width/2, 8, Seller, "", 0, "L", false, 0, "")
	p.text(20, "B", 0)
	p.CellFormat(width/2, 8, p.title(), "", 1, "R", false, 0, "")
	p.Ln(8)
	facts := [][2]string{
		{p.number, p.Number}, {p.issued, Day(p.At)}, {p.order, p.OrderNumber}, {p.market, p.Market},
	}
	if p.Credited != "" {
		facts = append(facts, [2]string{p.credits, p.Credited})
	} else {
		facts = append(facts, [2]string{p.due, Day(p.DueAt)})
	}
	to := []string{p.billedTo, p.Payer, p.Organisation}
	for i := range max(len(facts), len(to)) {
		p.text(10, "", 0)
		if i == 0 {
			p.text(9, "", 110)
		}
		line := ""
		if i < len(to) {
			line = p.cut(to[i], width/2-4)
		}
		p.CellFormat(width/2, row+0.5, line, "", 0, "L", false, 0, "")
		p.text(9, "", 110)
		p.CellFormat(34, row+0.5, facts[i][0], "", 0, "L", false, 0, "")
		p.text(10, "", 0)
		p.CellFormat(0, row+0.5, facts[i][1], "", 1, "L", false, 0, "")
	}
	p.Ln(8)
}

// table prints the lines, on as many pages as they take.
func (p *page) table() {
	p.tableHead()
	for _, l := range p.Lines {
		if p.GetY()+2*row+3 > bottom {
			p.AddPage()
			p.tableHead()
		}
		p.line(l)
	}
}

func (p *page) tableHead() {
	p.text(9, "B", 0)
	p.SetDrawColor(120, 120, 120)
	for i, name := range []string{p.description, p.period, p.quantity, p.unitPrice, p.amount} {
		p.CellFormat(columns[i].width, row+2, name, "B", 0, columns[i].align, false, 0, "")
	}
	p.Ln(row + 3)
}

func (p *page) line(l invoice.Line) {
	p.text(10, "", 0)
	amount := l.Total
	if l.Exclusive {
		amount = l.Net // as its price is stated
	}
	seats, each := strconv.FormatInt(l.Quantity, 10), p.money(l.UnitPrice)
	if l.Transaction == invoice.Credit { // a sum, not seats
		seats, each = "", ""
	}
	for i, cell := range []string{
		p.transactions[l.Transaction], Day(l.From) + " – " + Day(l.To.AddDate(0, 0, -1)), seats, each, p.money(amount),
	} {
		p.CellFormat(columns[i].width, row, p.cut(cell, columns[i].width-1), "", 0, columns[i].align, false, 0, "")
	}
	p.Ln(row)
	p.text(9, "", 110)
	days := ""
	if l.OfDays != 0 {
		days = fmt.Sprintf(p.ofDays, l.Days, l.OfDays)
	}
	p.CellFormat(columns[0].width, row, p.cut(p.product(l.Product), columns[0].width-2), "", 0, "L", false, 0, "")
	p.CellFormat(0, row, days, "", 1, "L", false, 0, "")
	p.Ln(2)
}

// sums prints what it comes to, with the tax of each rate.
func (p *page) sums() {
	type rate struct {
		kind domain.TaxKind
		rate int64
	}
	var order []rate
	taxes := map[rate]int64{}
	for _, l := range p.Lines {
		r := rate{l.Kind, l.Rate}
		if _, known := taxes[r]; !known {
			order = append(order, r)
		}
		taxes[r] += l.Tax.Minor
	}
	if p.GetY()+float64(len(order)+3)*(row+2)+12 > bottom {
		p.AddPage()
	}
	p.Line(margin+width/2, p.GetY()+1, margin+width, p.GetY()+1)
	p.Ln(3)
	p.sum("", p.net, p.Net)
	for _, r := range order {
		p.sum("", p.tax(r.kind, r.rate), domain.Money{Minor: taxes[r], Currency: p.Tax.Currency})
	}
	p.sum("B", p.total, p.Total)
	p.Ln(8)
	p.text(9, "", 110)
	note := p.byCard
	if p.Kind == invoice.CreditNote {
		note = p.toCard
	}
	p.MultiCell(width, row, p.stated()+note, "", "L", false)
}

// stated says whether the lines have their tax in them; nothing where there is
// none.
func (p *page) stated() string {
	switch l := p.Lines[0]; { // all of a bill are of one market and day
	case l.Exclusive:
		return p.onTop + " "
	case l.Rate != 0:
		return p.included + " "
	}
	return ""
}

func (p *page) sum(style, name string, m domain.Money) {
	p.text(10, style, 0)
	p.SetX(margin + width/2)
	p.CellFormat(width/4, row+2, name, "", 0, "L", false, 0, "")
	p.CellFormat(width/4, row+2, p.money(m), "", 1, "R", false, 0, "")
}

func (p *page) foot() {
	p.SetY(-16)
	p.text(8, "", 110)
	p.CellFormat(width/2, row, Seller+" · "+p.Number, "", 0, "L", false, 0, "")
	p.CellFormat(width/2, row, fmt.Sprintf(p.pageOf, p.PageNo(), pages), "", 0, "R", false, 0, "")
}

// cut shortens a text to what fits.
func (p *page) cut(text string, width float64) string {
	if p.GetStringWidth(text) <= width {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && p.GetStringWidth(string(runes)+"…") > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}
