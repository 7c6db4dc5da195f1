package domain

// Check is one question asked before a person may buy, with its answer, the
// evidence it rests on and the revision of the rule that gave it. It is stored,
// so that a replay after the rule has changed still shows the old verdict.
type Check struct {
	Code     string `json:"code"` // what a refusal by this check is called: "tenant_kind"
	Rule     string `json:"rule"` // the mission's rule: "R07"
	Passed   bool   `json:"passed"`
	Evidence string `json:"evidence"` // what was seen, without personal data: "government"
	Source   string `json:"source,omitempty"`
	Revision int64  `json:"revision"` // of Source; -1 where nothing has been recorded
}

// Verdict is every check made, in order. The first failed one is the refusal.
type Verdict struct {
	Checks []Check `json:"checks"`
}

// Refusal returns the first failed check, if any.
func (v Verdict) Refusal() (Check, bool) {
	for _, c := range v.Checks {
		if !c.Passed {
			return c, true
		}
	}
	return Check{}, false
}
