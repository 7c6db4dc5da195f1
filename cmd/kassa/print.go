package main

import (
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bojanz/currency"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

// show prints v as JSON for scripts, or has people print it.
func (s *session) show(v any, people func()) error {
	if !s.json {
		people()
		return nil
	}
	if err := json.MarshalWrite(s.stdout, v, jsontext.PreserveRawStrings(true)); err != nil {
		return err
	}
	_, err := fmt.Fprintln(s.stdout)
	return err
}

// table prints rows under a heading, in columns.
func (s *session) table(heading string, rows ...[]string) {
	if len(rows) == 0 {
		fmt.Fprintln(s.stdout, "Nothing to show.")
		return
	}
	w := tabwriter.NewWriter(s.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(strings.Fields(heading), "\t"))
	for _, r := range rows {
		fmt.Fprintln(w, strings.Join(r, "\t"))
	}
	_ = w.Flush() // as far as the terminal goes
}

// money shows an amount with its currency, such as "SEK 1,234.50".
func money(m domain.Money) string {
	a, err := currency.NewAmountFromInt64(m.Minor, m.Currency)
	if err != nil {
		return strconv.FormatInt(m.Minor, 10) + " " + m.Currency
	}
	f := currency.NewFormatter(currency.NewLocale("en"))
	f.CurrencyDisplay = currency.DisplayCode
	return f.Format(a)
}

// parseMoney reads what money shows, without its words: "1234.50" and "SEK". It
// rounds nothing.
func parseMoney(number, unit string) (domain.Money, error) {
	a, err := currency.NewAmount(number, unit)
	if err != nil {
		return domain.Money{}, err
	}
	minor, err := a.Int64()
	if err != nil {
		return domain.Money{}, fmt.Errorf("%s %s: %w", number, unit, err)
	}
	m := domain.Money{Minor: minor, Currency: unit}
	if exact, err := currency.NewAmountFromInt64(minor, unit); err != nil || !exact.Equal(a) {
		return m, fmt.Errorf("%s has more decimals than %s: use %s", number, unit, money(m))
	}
	return m, nil
}

func seats(n int64) string {
	if n == 1 {
		return "1 seat"
	}
	return number(n) + " seats"
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func position(n uint64) string { return strconv.FormatUint(n, 10) }

func day(t time.Time) string { return t.Format(time.DateOnly) }

func names(people []v1.Person) string {
	shown := make([]string, len(people))
	for i, p := range people {
		shown[i] = p.Name
	}
	return strings.Join(shown, ", ")
}

func yes(b bool, text string) string {
	if b {
		return text
	}
	return ""
}
