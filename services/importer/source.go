package importer

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	maxFile = 64 << 20
	maxLine = 1 << 20
	maxRows = 1_000_000
)

// shape says what kinds of rows a file may hold and how JSON nests them.
type shape struct {
	columns map[string][]string // of each kind, as in the package comment
	lists   map[string]string   // JSON list -> kind of its elements; "product.prices" is a list inside a product
}

// record is one row before anything is known to be right about it.
type record struct {
	line   int
	kind   string
	values map[string]value
}

// value is a cell. Absent, null and empty cells have none.
type value struct {
	text string
	list []string
	kind jsontext.Kind // zero: from CSV, where everything is text
}

// read gives the rows of a file, with whatever keeps it from being read noted
// in the report. The error is that of the reader.
func read(name string, from io.Reader, s shape, report *Report) ([]record, error) {
	data, err := io.ReadAll(io.LimitReader(from, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	switch trimmed := bytes.TrimSpace(data); {
	case len(data) > maxFile:
		report.add(1, "", "file_too_large", "The file is larger than 64 MiB. Split it.")
	case !utf8.Valid(data):
		report.add(invalidLine(data), "", "encoding", "This is not UTF-8. Save the file as UTF-8.")
	case len(trimmed) == 0:
		report.add(1, "", "file_empty", "The file is empty.")
	case isJSON(name, trimmed):
		return readJSON(data, s, report), nil
	default:
		return readCSV(data, s, report), nil
	}
	return nil, nil
}

func isJSON(name string, trimmed []byte) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".json":
		return true
	case ".csv":
		return false
	}
	return trimmed[0] == '{'
}

func invalidLine(data []byte) int {
	line := 1
	for l := range bytes.Lines(data) {
		if !utf8.Valid(l) {
			break
		}
		line++
	}
	return line
}

// each hands the rows of one kind to take, in the file's order.
func each(records []record, kind string, report *Report, take func(row)) {
	for _, r := range records {
		if r.kind == kind {
			take(row{r, report})
		}
	}
}

// belongs notes the fields that a row of this kind does not have.
func (s shape) belongs(r record, report *Report) {
	for _, field := range sortedKeys(r.values) {
		if !slices.Contains(s.columns[r.kind], field) {
			report.add(r.line, field, "field_not_allowed", fmt.Sprintf("A %s has no %s. Leave it out.", r.kind, quote(field)))
		}
	}
}

// quote shortens what a file says, for a message.
func quote(s string) string {
	const longest = 40
	if runes := []rune(s); len(runes) > longest {
		s = string(runes[:longest]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
