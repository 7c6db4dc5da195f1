package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/tax"
)

func TestATableOfTaxesTakesThePlaceOfTheStandardOne(t *testing.T) {
	file := filepath.Join(t.TempDir(), "taxes.json")
	say := func(text string) (tax.Table, error) {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		return readTaxes(file)
	}
	table, err := say(`[{"market":"CA","kind":"gst","rate":500,"exclusive":true,"from":"2008-01-01"},{"market":"CA","kind":"gst","rate":1300,"exclusive":true,"from":"2027-01-01"}]`)
	require.NoError(t, err)
	day := time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC)
	assert.Equal(t, domain.TaxRule{Kind: domain.GST, Rate: 500, Exclusive: true}, table.At("CA", day))
	assert.Equal(t, int64(1300), table.At("CA", day.Add(time.Second)).Rate)
	assert.Equal(t, domain.NoTax, table.At("SE", day).Kind, "what it does not name is not taxed")

	for _, wrong := range []string{
		`{`, `[{"market":"XX","kind":"gst","rate":500,"from":"2008-01-01"}]`, `[{"market":"CA","kind":"pst","rate":500,"from":"2008-01-01"}]`,
		`[{"market":"CA","kind":"gst","rate":20000,"from":"2008-01-01"}]`, `[{"market":"CA","kind":"none","rate":1,"from":"2008-01-01"}]`,
		`[{"market":"CA","kind":"gst","rate":500,"from":"soon"}]`, `[{"market":"CA","province":"ON"}]`,
	} {
		_, err := say(wrong)
		assert.Error(t, err, wrong)
	}
	standard, err := readTaxes("")
	require.NoError(t, err)
	assert.Equal(t, tax.Standard(), standard)
}
