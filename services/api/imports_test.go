package api_test

import (
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"

	"kassa/commands"
	v1 "kassa/services/api/v1"
	"kassa/services/importer"
)

func TestImportNamesEveryBadLine(t *testing.T) {
	h := newHouse(t)
	h.Imports["catalogue"] = func(_ context.Context, _ commands.Request, format string, body io.Reader) (v1.Import, error) {
		c, err := importer.ReadCatalogue("catalogue."+format, body)
		return v1.Import{Kind: "catalogue", Rows: len(c.Products)}, err
	}
	bad := h.ask("operator", "POST", "/v1/imports/catalogue", `{"products":[{"id":"X"}]}`, "Content-Type", "application/json").problem(400, "import_invalid")
	assert.NotEmpty(t, bad.Errors)
	assert.Regexp(t, `^line \d+`, bad.Errors[0].Location)
	h.ask("operator", "POST", "/v1/imports/catalogue", `{"products":[`, "Content-Type", "application/json").problem(400, "import_invalid")
	h.ask("gail@contoso.example", "POST", "/v1/imports/catalogue", `{}`, "Content-Type", "application/json").problem(403, "not_operator")
}
