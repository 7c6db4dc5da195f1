package importer

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// jsonFile walks a file token by token, so that every element knows its line.
type jsonFile struct {
	shape
	data    []byte
	tokens  *jsontext.Decoder
	report  *Report
	records []record

	counted, line int // data[:counted] holds line-1 ends of lines
}

// readJSON reads on after an element that is wrong, but not after text that is
// no JSON.
func readJSON(data []byte, s shape, report *Report) []record {
	f := &jsonFile{shape: s, data: data, tokens: jsontext.NewDecoder(bytes.NewBuffer(data)), report: report, line: 1}
	if err := f.file(); err != nil {
		offset := f.tokens.InputOffset()
		if e := (*jsontext.SyntacticError)(nil); errors.As(err, &e) {
			offset, err = e.ByteOffset, e.Err
		}
		report.add(1+bytes.Count(data[:min(int(offset), len(data))], []byte("\n")), "", "json_syntax", "This is not JSON: "+err.Error()+".")
		return nil
	}
	return f.records
}

var (
	errNotObject = errors.New("the file must be one object")
	errTooMany   = errors.New("the file has more than a million rows; split it")
)

func (f *jsonFile) file() error {
	if f.tokens.PeekKind() != '{' {
		if _, err := f.tokens.ReadToken(); err != nil {
			return err
		}
		return errNotObject
	}
	err := f.members(func(name string) error {
		kind, ok := f.lists[name]
		if !ok {
			f.report.add(f.here(), name, "field_not_allowed", "There is no such list. Leave it out.")
			return f.tokens.SkipValue()
		}
		_, err := f.list(name, kind)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := f.tokens.ReadToken(); err != io.EOF {
		return cmp.Or(err, errNotObject)
	}
	return nil
}

// members calls each with the name of every member; each reads its value.
func (f *jsonFile) members(each func(name string) error) error {
	if _, err := f.tokens.ReadToken(); err != nil {
		return err
	}
	for f.tokens.PeekKind() != '}' {
		name, err := f.tokens.ReadToken()
		if err != nil {
			return err
		}
		if err := each(name.String()); err != nil {
			return err
		}
	}
	_, err := f.tokens.ReadToken()
	return err
}

// list reads an array of elements of one kind and returns where they are in
// f.records.
func (f *jsonFile) list(name, kind string) (elements []int, err error) {
	if f.tokens.PeekKind() != '[' {
		f.report.add(f.here(), name, "field_type", "This must be a list.")
		return nil, f.tokens.SkipValue()
	}
	if _, err := f.tokens.ReadToken(); err != nil {
		return nil, err
	}
	for {
		switch f.tokens.PeekKind() {
		case '{':
			err = f.element(kind)
			elements = append(elements, len(f.records)-1)
		case ']', 0: // 0: what comes is no JSON, and reading it says why
			_, err = f.tokens.ReadToken()
			return elements, err
		default:
			f.report.add(f.here(), name, "field_type", "Each element must be an object.")
			err = f.tokens.SkipValue()
		}
		if err != nil {
			return nil, err
		}
	}
}

// element reads one object. Its nested lists come before it in f.records, and
// name it as their owner.
func (f *jsonFile) element(kind string) error {
	r := record{line: f.here(), kind: kind, values: map[string]value{}}
	start := f.tokens.InputOffset()
	var nested []int
	err := f.members(func(name string) error {
		if inner, ok := f.lists[kind+"."+name]; ok {
			elements, err := f.list(name, inner)
			nested = append(nested, elements...)
			return err
		}
		return f.value(r, name)
	})
	if err != nil {
		return err
	}
	if f.tokens.InputOffset()-start > maxLine {
		f.report.add(r.line, "", "line_too_long", "This element is longer than 1 MiB.")
	}
	f.belongs(r, f.report)
	for _, i := range nested {
		if _, given := f.records[i].values[kind]; given {
			f.report.add(f.records[i].line, kind, "field_not_allowed", "Where it stands says whose it is. Leave this out.")
		}
		f.records[i].values[kind] = value{text: r.values["id"].text}
	}
	f.records = append(f.records, r)
	if len(f.records) > maxRows {
		return errTooMany
	}
	return nil
}

func (f *jsonFile) value(r record, name string) error {
	line := f.here()
	raw, err := f.tokens.ReadValue()
	if err != nil {
		return err
	}
	v := value{kind: raw.Kind()}
	switch v.kind {
	case 'n':
		return nil
	case '"':
		if err := json.Unmarshal(raw, &v.text); err != nil {
			return err
		}
		if strings.TrimSpace(v.text) == "" {
			return nil // as an empty cell
		}
	case '0', 't', 'f':
		v.text = string(raw)
	case '[':
		if json.Unmarshal(raw, &v.list) != nil {
			f.report.add(line, name, "field_type", "This must be a list of texts.")
			return nil
		}
	default:
		f.report.add(line, name, "field_type", "This must not be an object.")
		return nil
	}
	r.values[name] = v
	return nil
}

// here is the line of the next token.
func (f *jsonFile) here() int {
	next := int(f.tokens.InputOffset())
	for next < len(f.data) && strings.IndexByte(" \t\r\n,:", f.data[next]) >= 0 {
		next++
	}
	f.line += bytes.Count(f.data[f.counted:next], []byte("\n"))
	f.counted = next
	return f.line
}
