package main

import (
	"fmt"
	"strings"
)

const rulesIntro = `# The rules, and the tests that show them

Made by ` + "`make docs`" + ` from the names of the tests; do not edit. A test shows a rule if the rule's number stands in its
own name, or in the name of one of its cases. "Through the API" are tests in ` + "`services/api`, `services/mscommerce`" + ` and
` + "`cmd/kassa`" + ` that send HTTP requests or run the command line; "below" are all others. A test of ` + "`cmd/docs`" + ` fails while a
rule has none of the first kind.

`

// rulesPage is docs/rules.md.
func rulesPage(tests []test) string {
	var b strings.Builder
	b.WriteString(rulesIntro)
	b.WriteString("| Rule | What it says | Through the API or the command line | Below |\n|---|---|---|---|\n")
	for _, r := range rules {
		cells := []string{r.id, r.words, strings.Join(lines(r.id, tests, true), "<br>"), strings.Join(lines(r.id, tests, false), "<br>")}
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	b.WriteString("\n## Worked examples\n\n| | What is expected | Tests |\n|---|---|---|\n")
	for _, v := range vectors {
		all := append(lines(v.id, tests, true), lines(v.id, tests, false)...)
		fmt.Fprintf(&b, "| %s | %s | %s |\n", v.id, v.words, strings.Join(all, "<br>"))
	}
	return b.String()
}

// lines are the tests that show id, each with its cases that do.
func lines(id string, tests []test, through bool) (all []string) {
	for _, t := range tests {
		cases, ok := t.shows[id]
		if !ok || t.through != through {
			continue
		}
		line := fmt.Sprintf("[%s](../%s)", t.name, t.file)
		if len(cases) > 0 {
			line += ": " + strings.ReplaceAll(strings.Join(cases, "; "), "|", "\\|")
		}
		all = append(all, line)
	}
	return all
}
