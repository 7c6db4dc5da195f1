package api

import (
	"bytes"
	"embed"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
)

const about = `Self-service purchase for an organisation: its people buy with their own card, its administrators see everything.

Sign in with a bearer token; the token's tenant is the only one you can reach. A partner's person reaches a customer
who granted their organisation a relation with the header Kassa-On-Behalf-Of, and every such request is on the customer's record.
Writes take an Idempotency-Key, so that a retry changes nothing, and return a
Kassa-Position; send that position with a read to be answered no older than your own write.
Scripts written for the MSCommerce PowerShell module find its REST service at /v1.0/policies.
Errors are problem+json (RFC 9457) with a stable code, in English or Swedish by Accept-Language.

Nothing here limits how often somebody may ask. Before it faces the internet, put a proxy in front that
does, above all for what needs no sign-in: /v1/home-realm and /v1/prices.`

//go:embed assets
var assets embed.FS

// pages serves what there is to read about the API: its OpenAPI document,
// and a page made from the same document that works without scripts and
// without any other host.
func pages(mux *http.ServeMux, api *huma.OpenAPI) error {
	style, err := assets.ReadFile("assets/docs.css")
	if err != nil {
		return err
	}
	for path, page := range map[string]struct {
		mediaType string
		write     func() ([]byte, error)
	}{
		"/openapi.json":  {"application/openapi+json", func() ([]byte, error) { return json.Marshal(api) }},
		"/openapi.yaml":  {"application/openapi+yaml", api.YAML},
		"/docs":          {"text/html; charset=utf-8", func() ([]byte, error) { return docsPage(api) }},
		"/docs/docs.css": {"text/css; charset=utf-8", func() ([]byte, error) { return style, nil }},
	} {
		written := sync.OnceValues(page.write) // most servers are never asked
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			content, err := written()
			if err != nil {
				http.Error(w, "This page cannot be written.", http.StatusInternalServerError)
				return
			}
			w.Header().Set("Content-Type", page.mediaType)
			_, _ = w.Write(content)
		})
	}
	return nil
}

func docsPage(api *huma.OpenAPI) ([]byte, error) {
	t, err := template.New("docs.html").Funcs(template.FuncMap{"paragraphs": paragraphs}).ParseFS(assets, "assets/docs.html")
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	err = t.Execute(&page, map[string]any{
		"Title": api.Info.Title, "Version": api.Info.Version, "About": api.Info.Description,
		"Groups": groups(api), "Types": types(api), "Problems": problemRows(),
	})
	return page.Bytes(), err
}

func paragraphs(text string) []string { return strings.Split(text, "\n\n") }

// group is the operations of one tag.
type group struct {
	*huma.Tag
	Operations []operation
}

type operation struct {
	*huma.Operation
	Body, Answer string // names of types; empty where there is none
	Public       bool
}

// groups follows the document's tags, which are in the order of a purchase.
func groups(api *huma.OpenAPI) []group {
	all := make([]group, len(api.Tags))
	for i, tag := range api.Tags {
		all[i].Tag = tag
		for _, path := range slices.Sorted(maps.Keys(api.Paths)) {
			item := api.Paths[path]
			for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete} {
				if op != nil && op.Tags[0] == tag.Name {
					all[i].Operations = append(all[i].Operations, describe(op))
				}
			}
		}
	}
	return all
}

func describe(op *huma.Operation) operation {
	o := operation{Operation: op, Public: len(op.Security) == 0}
	if op.RequestBody != nil {
		o.Body = typeName(op.RequestBody.Content)
	}
	for _, status := range []string{"200", "201"} {
		if r := op.Responses[status]; r != nil {
			o.Answer = typeName(r.Content)
		}
	}
	return o
}

// typeName is the type of a body; empty for one that has no type of ours, such
// as a file.
func typeName(content map[string]*huma.MediaType) string {
	for _, m := range content {
		if m.Schema != nil && m.Schema.Ref != "" {
			return schemaType(m.Schema)
		}
	}
	return ""
}

// namedType is a JSON object of the API.
type namedType struct {
	Name    string
	Members []member
}

type member struct {
	Name, Type, Doc string
	Required        bool
}

func types(api *huma.OpenAPI) []namedType {
	var all []namedType
	schemas := api.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		s := schemas[name]
		t := namedType{Name: name}
		for _, m := range slices.Sorted(maps.Keys(s.Properties)) {
			p := s.Properties[m]
			t.Members = append(t.Members, member{Name: m, Type: schemaType(p), Doc: p.Description, Required: slices.Contains(s.Required, m)})
		}
		all = append(all, t)
	}
	return all
}

func schemaType(s *huma.Schema) string {
	switch {
	case s.Ref != "":
		return s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
	case s.Items != nil:
		return schemaType(s.Items) + "[]"
	case s.Format != "":
		return s.Format
	}
	return s.Type
}

// problemRow explains one code.
type problemRow struct {
	Code             string
	Status           int
	English, Swedish string
}

func problemRows() []problemRow {
	var rows []problemRow
	for _, s := range told {
		rows = append(rows, problemRow{s.err.Code, problemOf(s.err).Status, s.err.Message, s.swedish})
	}
	return rows
}
