package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	v1 "kassa/services/api/v1"
	"kassa/services/importer"
)

// Importer brings a file into history, all of it or nothing. Format is "json"
// or "csv".
type Importer func(ctx context.Context, r commands.Request, format string, body io.Reader) (v1.Import, error)

const (
	maxImport  = 64 << 20        // bytes of an imported file
	importTime = 5 * time.Minute // in which it has to arrive
)

// formats are the media types an import may have.
var formats = map[string]string{"application/json": "json", "text/csv": "csv"}

type (
	importInput struct {
		Kind        string `path:"kind" enum:"catalogue,directory" doc:"What the file holds."`
		ContentType string `header:"Content-Type" doc:"application/json or text/csv."`
		RawBody     []byte `contentType:"text/csv"`
	}
	importOutput struct {
		Position uint64 `header:"Kassa-Position"`
		Body     v1.Import
	}
)

func (s *Server) registerImports(api huma.API) {
	file := &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}
	signed(s, api, huma.Operation{
		OperationID: "import", Method: http.MethodPost, Path: "/v1/imports/{kind}", Tags: []string{"Imports"},
		Summary:      "Bring in a catalogue or a directory",
		Description:  "For operators. Every line is checked first; one bad line and nothing is written. Importing the same file again changes nothing, so it needs no Idempotency-Key.",
		MaxBodyBytes: maxImport + 1, BodyReadTimeout: importTime, Middlewares: huma.Middlewares{unhurried},
		SkipValidateBody: true, // the importer checks it line by line
		RequestBody:      &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": file, "text/csv": file}},
	}, s.importFile)
}

func (s *Server) importFile(ctx context.Context, who commands.Principal, in *importInput) (*importOutput, error) {
	if !who.Has(commands.RoleOperator) {
		return nil, commands.ErrNotOperator
	}
	media, _, _ := mime.ParseMediaType(in.ContentType)
	format, known := formats[media]
	if !known {
		return nil, errMediaType
	}
	r, err := Writing{}.request(who, "import."+in.Kind, in.Kind)
	if err != nil {
		return nil, err
	}
	report, err := s.Imports[in.Kind](ctx, r, format, bytes.NewReader(in.RawBody))
	if err != nil {
		return nil, mistakes(err)
	}
	return &importOutput{Position: report.Position, Body: report}, nil
}

// mistakes shows what is wrong with which line of a file. Other errors pass
// unchanged.
func mistakes(err error) error {
	report := (*importer.Report)(nil)
	if !errors.As(err, &report) {
		return err
	}
	p := problemOf(err)
	for _, m := range report.Problems {
		p.Errors = append(p.Errors, v1.FieldError{Location: strings.TrimSuffix(fmt.Sprintf("line %d, %s", m.Line, m.Field), ", "), Message: m.Message})
	}
	return p
}
