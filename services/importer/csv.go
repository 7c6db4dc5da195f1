package importer

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

func readCSV(data []byte, s shape, report *Report) []record {
	if line, ok := tooLong(data); ok {
		report.add(line, "", "line_too_long", "This line is longer than 1 MiB.")
		return nil
	}
	rows := csv.NewReader(bytes.NewReader(data))
	header, err := rows.Read()
	if err != nil {
		noteSyntax(err, report)
		return nil
	}
	if !s.header(header, report) {
		return nil
	}
	var records []record
	for {
		cells, err := rows.Read()
		switch {
		case err == io.EOF:
			return records
		case errors.Is(err, csv.ErrFieldCount):
			line, _ := rows.FieldPos(0)
			report.add(line, "", "columns", fmt.Sprintf("This row has %d cells and the header %d.", len(cells), len(header)))
			continue
		case err != nil:
			noteSyntax(err, report)
			return nil
		}
		line, _ := rows.FieldPos(0)
		if len(records) == maxRows {
			report.add(line, "", "too_many_rows", fmt.Sprintf("The file has more than %d rows. Split it.", maxRows))
			return nil
		}
		if r, ok := s.row(line, header, cells, report); ok {
			records = append(records, r)
		}
	}
}

func tooLong(data []byte) (line int, found bool) {
	for l := range bytes.Lines(data) {
		if line++; len(l) > maxLine {
			return line, true
		}
	}
	return 0, false
}

func noteSyntax(err error, report *Report) {
	line := 1
	if e := (*csv.ParseError)(nil); errors.As(err, &e) {
		line = e.Line
		err = e.Err
	}
	report.add(line, "", "csv_syntax", "This is not CSV: "+err.Error()+".")
}

// header checks the first row; a file without a usable one is not read on.
func (s shape) header(header []string, report *Report) bool {
	known := map[string]bool{"type": true}
	for _, columns := range s.columns {
		for _, c := range columns {
			known[c] = true
		}
	}
	ok := true
	seen := map[string]bool{}
	for i, c := range header {
		c = strings.TrimSpace(c)
		header[i] = c
		switch {
		case !known[c]:
			report.add(1, c, "column_unknown", "There is no such column. The columns are "+strings.Join(slices.Sorted(maps.Keys(known)), ", ")+".")
			ok = false
		case seen[c]:
			report.add(1, c, "column_twice", "This column stands in the header twice.")
			ok = false
		}
		seen[c] = true
	}
	if !seen["type"] {
		report.add(1, "type", "column_missing", "The first line must name the columns, and one of them must be type.")
		ok = false
	}
	return ok
}

func (s shape) row(line int, header, cells []string, report *Report) (record, bool) {
	r := record{line: line, values: map[string]value{}}
	for i, cell := range cells {
		if cell = strings.TrimSpace(cell); cell == "" {
			continue
		}
		if header[i] == "type" {
			r.kind = cell
		} else {
			r.values[header[i]] = value{text: cell, list: strings.Fields(cell)}
		}
	}
	if s.columns[r.kind] == nil {
		report.add(line, "type", "type_unknown", "The type of a row is one of "+strings.Join(sortedKeys(s.columns), ", ")+".")
		return record{}, false
	}
	s.belongs(r, report)
	return r, true
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
