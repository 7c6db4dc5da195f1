package main

import "fmt"

// violation is a promise that was broken, and where.
type violation struct {
	Check string `json:"check"`
	What  string `json:"what"`
}

// check is one promise. It calls broken for each place where it does not hold.
type check struct {
	name   string
	always bool // in a season, too
	run    func(e evidence, broken func(format string, args ...any))
}

var checks = []check{
	{"every answer is in the store exactly once", false, answersAreKept},
	{"no answer that nobody may get", false, answersAreAllowed},
	{"asking again gets the first answer", false, repeatsAgree},
	{"no fact that nobody asked for", false, factsAreAskedFor},
	{"the store's ids, revisions and positions", true, storeIsSound},
	{"the stream is the store, in order", true, streamIsStore},
	{"every view is the fold of its history", true, viewsAreFolds},
	{"no more seats than were bought, one for a person, in one organisation", true, seatsAreOwned},
	{"nothing after a purchase has ended", true, endsAreFinal},
	{"the gateway's books are the history's, line by line", true, chargesMatch},
	{"every charge and refund is on one bill, and numbers have no gap", true, billsMatch},
	{"the ledger adds up, to the bills and to the gateway", true, ledgerAgrees},
	{"nothing went wrong inside", true, nobodyCried},
	{"a clean stop", true, stopsCleanly},
}

// most is how many violations of one check are worth reading.
const most = 20

// violations holds every promise against the evidence.
func (e evidence) violations() []violation {
	var all []violation
	for _, c := range checks {
		if e.season && !c.always {
			continue
		}
		n := 0
		c.run(e, func(format string, args ...any) {
			if n++; n <= most {
				all = append(all, violation{c.name, fmt.Sprintf(format, args...)})
			}
		})
		if n > most {
			all = append(all, violation{c.name, fmt.Sprintf("and %d more", n-most)})
		}
	}
	return all
}
