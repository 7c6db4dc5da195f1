package importer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"
)

// row reads the fields of a record. Whatever is wrong is noted, and a zero
// value returned: the file is refused as a whole in the end.
type row struct {
	record
	report *Report
}

func (r row) fail(field, code, format string, args ...any) {
	r.report.add(r.line, field, code, fmt.Sprintf(format, args...))
}

// text is a field's text, or empty where it is absent.
func (r row) text(field string) string {
	v, ok := r.values[field]
	if !ok || !r.is(field, v, "text", '"') {
		return ""
	}
	text := strings.TrimSpace(v.text)
	switch {
	case len(text) > 2048:
		r.fail(field, "text_too_long", "This is longer than 2048 bytes.")
	case strings.ContainsFunc(text, invisible):
		r.fail(field, "text_invisible", "This holds a control character, or one that changes the direction of text. Remove it.")
	default:
		return text
	}
	return ""
}

// invisible characters let a text look like another.
func invisible(c rune) bool {
	return unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) || c == '\u200b' || c == '\u2060' || c == '\ufeff' || c == unicode.ReplacementChar
}

// is checks the type of a JSON value; in CSV all is text.
func (r row) is(field string, v value, want string, kinds ...jsontext.Kind) bool {
	if v.kind == 0 || slices.Contains(kinds, v.kind) {
		return true
	}
	r.fail(field, "field_type", "This must be a %s.", want)
	return false
}

// required is a field's text; absent is a mistake.
func (r row) required(field string) string {
	if _, ok := r.values[field]; ok {
		return r.text(field)
	}
	r.fail(field, "field_missing", "A %s needs this.", r.kind)
	return ""
}

// matched is a required text that passes a check.
func (r row) matched(field, code, message string, ok func(string) bool) string {
	text := r.required(field)
	if text != "" && !ok(text) {
		r.fail(field, code, "%s", message)
		return ""
	}
	return text
}

// words is a list of texts, none of them empty or given twice.
func (r row) words(field string) []string {
	v, ok := r.values[field]
	if !ok || !r.is(field, v, "list", '[') {
		return nil
	}
	seen := map[string]bool{}
	for i, w := range v.list {
		w = strings.TrimSpace(w)
		v.list[i] = w
		switch {
		case w == "" || len(w) > 2048 || strings.ContainsFunc(w, invisible):
			r.fail(field, "text_invisible", "An element is empty, too long, or holds a control character.")
			return nil
		case seen[w]:
			r.fail(field, "duplicate", "An element stands here twice.")
			return nil
		}
		seen[w] = true
	}
	return v.list
}

// each is a list of which every element passes a check.
func (r row) each(field, code, message string, ok func(string) bool) []string {
	all := r.words(field)
	if slices.ContainsFunc(all, func(w string) bool { return !ok(w) }) {
		r.fail(field, code, "%s", message)
		return nil
	}
	return all
}

// needs notes an empty list.
func (r row) needs(field string, list []string) []string {
	if _, ok := r.values[field]; !ok || len(r.values[field].list) == 0 {
		r.fail(field, "field_missing", "A %s needs at least one.", r.kind)
	}
	return list
}

// flag is true or false.
func (r row) flag(field string, required bool) bool {
	v, ok := r.values[field]
	switch {
	case !ok && required:
		r.fail(field, "field_missing", "Say true or false.")
	case !ok || !r.is(field, v, "boolean, true or false", 't', 'f'):
	case !strings.EqualFold(v.text, "true") && !strings.EqualFold(v.text, "false"):
		r.fail(field, "field_type", "Say true or false.")
	}
	return ok && strings.EqualFold(v.text, "true")
}

// count is a whole number from 1 to most.
func (r row) count(field string, most int64) int64 {
	v, ok := r.values[field]
	if !ok {
		r.fail(field, "field_missing", "A %s needs this.", r.kind)
	}
	if !ok || !r.is(field, v, "number", '0') {
		return 0
	}
	n, err := strconv.ParseInt(v.text, 10, 64)
	if err != nil || n < 1 || n > most {
		r.fail(field, "number_out_of_range", "This must be a whole number from 1 to %d.", most)
		return 0
	}
	return n
}

// countOrNone is a count that may be left out; then it is 0.
func (r row) countOrNone(field string, most int64) int64 {
	if _, ok := r.values[field]; !ok {
		return 0
	}
	return r.count(field, most)
}

// lines remembers where something that must be unique was first seen.
type lines map[string]int

// unique notes a second occurrence of key. Empty keys are mistakes noted before.
func (l lines) unique(r row, field, key string) bool {
	first, twice := l[key]
	switch {
	case key == "":
		return false
	case twice:
		r.fail(field, "duplicate", "This was already given on line %d.", first)
		return false
	}
	l[key] = r.line
	return true
}
