package api

import (
	"golang.org/x/text/language"

	v1 "kassa/services/api/v1"
)

// languages matches what a person asks for with what we can say. English is
// what they get otherwise.
var languages = language.NewMatcher([]language.Tag{language.English, language.Swedish})

// localise puts a problem into the language that an Accept-Language header asks
// for and returns that language's tag.
func localise(p *v1.Problem, acceptLanguage string) string {
	if languageOf(acceptLanguage) == "en" {
		return "en"
	}
	if title, known := swedishTitles[p.Title]; known {
		p.Title = title
	}
	if detail, known := swedish(p.Code); known {
		p.Detail = detail
	}
	return "sv"
}

// languageOf is the tag of the language that an Accept-Language header asks for,
// en or sv.
func languageOf(acceptLanguage string) string {
	wanted, _, _ := language.ParseAcceptLanguage(acceptLanguage)
	if _, i, _ := languages.Match(wanted...); i == 0 {
		return "en"
	}
	return "sv"
}
