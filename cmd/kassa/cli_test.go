package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	v1 "kassa/services/api/v1"
)

// offline runs a command that needs no server, or has none.
func offline(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, func(name string) string { return map[string]string{"KASSA_URL": "http://127.0.0.1:1"}[name] }, &out, &errs)
	return out.String(), errs.String(), code
}

func TestEveryCommandShowsHowItIsUsed(t *testing.T) {
	parser, err := kong.New(new(commandLine))
	require.NoError(t, err)
	leaves := parser.Model.Leaves(true)
	require.Greater(t, len(leaves), 15)
	for _, leaf := range leaves {
		words := append(strings.Fields(leaf.FullPath())[1:], "--help")
		out, errs, code := offline(t, commandWords(words)...)
		assert.Equal(t, exitOK, code, "%v: %s", words, errs)
		assert.Contains(t, out, "Example", "%v", words)
	}
}

// commandWords leaves out what stands for arguments in a command's path.
func commandWords(words []string) []string {
	var kept []string
	for _, w := range words {
		if !strings.ContainsAny(w, "<[") {
			kept = append(kept, w)
		}
	}
	return kept
}

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--help"}, exitOK, "checkout"},
		{nil, exitFailed, "expected one of"},
		{[]string{"dance"}, exitFailed, "dance"},
		{[]string{"checkout", "--product", "X"}, exitFailed, "missing flags"},
		{[]string{"token"}, exitFailed, "--as"},
		{[]string{"token", "--as", "a@b.example", "--operator"}, exitFailed, "can't be used together"},
		{[]string{"import", "catalogue", "nothing.json"}, exitFailed, "nothing.json"},
		{[]string{"products"}, exitFailed, "reach Kassa at http://127.0.0.1:1"},
	} {
		out, errs, code := offline(t, c.args...)
		assert.Equal(t, c.code, code, "%v", c.args)
		assert.Contains(t, out+errs, c.says, "%v", c.args)
	}
}

// TestScripts walks what scripts rely on, over a running Kassa.
func TestScripts(t *testing.T) {
	p := start(t, t.TempDir(), "--demo")
	anna, bill, gail, operator := p.token("anna@contoso.example"), p.token("bill@contoso.example"), p.token("gail@contoso.example"), p.token("")

	t.Run("a refusal exits with 2 and prints the problem", func(t *testing.T) {
		for _, c := range []struct{ token, seats, market, card, code string }{
			{anna, "0", "US", "tok_visa", "quantity_invalid"},
			{anna, "-1", "US", "tok_visa", "quantity_invalid"},
			{anna, "1", "IN", "tok_visa", "market_not_eligible"},
			{anna, "1", "US", "tok_declined", "card_declined"},
			{anna, "1", "US", "tok_expired", "expired_card"},
			{p.token("gustav@contoso.example"), "1", "US", "tok_visa", "guest"},
			{p.token("teacher@school.example"), "1", "US", "tok_visa", "tenant_kind"},
			{"", "1", "US", "tok_visa", "token_missing"},
		} {
			out, code := p.kassa(c.token, "checkout", "--product", powerBIPro, "--seats", c.seats, "--market", c.market, "--card", c.card, "--json")
			assert.Equal(t, exitRefused, code, out)
			var problem v1.Problem
			require.NoError(t, json.Unmarshal([]byte(out), &problem), out)
			assert.Equal(t, c.code, problem.Code)
			assert.NotEmpty(t, problem.Detail)
			assert.Equal(t, 1, strings.Count(out, "\n"), "one line")
		}
	})
	t.Run("without --json it is a sentence, in the language asked for", func(t *testing.T) {
		out, code := p.kassa(anna, "checkout", "--product", powerBIPro, "--seats", "1", "--market", "IN", "--card", "tok_visa", "--lang", "sv")
		assert.Equal(t, exitRefused, code)
		assert.Contains(t, out, "Nekat: ")
		assert.Contains(t, out, "Kontakta din IT-administratör.")
	})
	t.Run("tables for people", func(t *testing.T) {
		out, code := p.kassa(anna, "checkout", "--product", powerBIPro, "--seats", "2", "--market", "SE", "--card", "tok_visa")
		require.Equal(t, exitOK, code, out)
		assert.Regexp(t, `^Order KA-\S+ is completed: 2 seats for SEK.*\nThat is SEK.* and SEK.* tax \(prices incl\. 25% vat\)\.\nSubscription \S+ is ready to use\.\n$`, out)
		for _, c := range []struct {
			token string
			args  []string
			says  string
		}{
			{bill, []string{"products"}, "Power BI Pro"},
			{bill, []string{"products", "--status", "active", "--expiring-before", "2999-01-01", "--sort=-quantity", "--purchaser", "anna@contoso.example"}, "Power BI Pro"},
			{bill, []string{"products", "--sort", "product", "--csv"}, "product,product id,channel,kind,purchaser,"},
			{anna, []string{"purchases"}, "PRODUCT"},
			{"", []string{"prices", "--market", "SE"}, "Power BI Pro"},
			{gail, []string{"policy", "list"}, "(default)"},
			{gail, []string{"policy", "set", "CFQ7TTC0L3PB", "Disabled"}, "CFQ7TTC0L3PB is now Disabled."},
			{gail, []string{"policy", "get", powerBIPro}, "Disabled"},
			{gail, []string{"policy", "set", "SaaS", "Disabled", "--offer-type"}, "SaaS is now Disabled."},
			{gail, []string{"policy", "get", "SaaS", "--offer-type"}, "Software as a Service"},
			{gail, []string{"policy", "set", "default", "Enabled"}, "default is now Enabled."},
			{anna, []string{"whoami"}, "limited view: purchases"},
			{bill, []string{"capacity"}, "Power Apps per user"},
			{operator, []string{"views", "list"}, "your_products"},
			{operator, []string{"views", "rebuild", "your_products"}, "equal"},
			{operator, []string{"views", "verify", "purchases"}, "equal"},
		} {
			out, code := p.kassa(c.token, c.args...)
			assert.Equal(t, exitOK, code, "%v: %s", c.args, out)
			assert.Contains(t, out, c.says, "%v", c.args)
		}
	})
	t.Run("R03 many policies at once, and their history", func(t *testing.T) {
		out, code := p.kassa(gail, "policy", "set-many", powerBIPro+"=Disabled", "NOPE=Disabled", visioPlan1+"=Enabled", "--json")
		assert.Equal(t, exitRefused, code, out)
		var results v1.PolicyResults
		require.NoError(t, json.Unmarshal([]byte(out), &results), out)
		require.Len(t, results.Items, 3)
		assert.Equal(t, "product_unknown", results.Items[1].Error.Code)
		assert.NotNil(t, results.Items[2].Set)
		out, code = p.kassa(gail, "policy", "set-many", powerBIPro+"=Enabled")
		assert.Equal(t, exitOK, code, out)
		out, code = p.kassa(gail, "policy", "set-many", powerBIPro)
		assert.Equal(t, exitFailed, code, out)
		out, code = p.kassa(gail, "policy", "history")
		assert.Equal(t, exitOK, code, out)
		assert.Regexp(t, `Gail[^\n]* CFQ7TTC0H9MP +Disabled +Enabled +\d+\n$`, out)
	})
	t.Run("why somebody may not buy, and who tried", func(t *testing.T) {
		explain := []string{"eligibility", "explain", "--product", powerBIPro, "--market", "IN"}
		out, code := p.kassa(anna, append(explain, "--lang", "sv")...)
		assert.Equal(t, exitOK, code, out)
		assert.Regexp(t, `failed +market_not_eligible +R05/R06 +IN excluded +product-CFQ7TTC0H9MP@\d+\n`, out)
		assert.Contains(t, out, "Kontakta din IT-administratör. (market_not_eligible)")
		out, code = p.kassa(gail, append(explain, "--user", "omar@contoso.example", "--channel", "central", "--json")...)
		assert.Equal(t, exitOK, code, out)
		assert.Contains(t, out, `"not_billing_admin"`)
		out, code = p.kassa(anna, append(explain, "--user", "omar@contoso.example")...)
		assert.Equal(t, exitRefused, code)
		assert.Contains(t, out, "not_eligibility_admin")

		p.head(t)
		out, code = p.kassa(bill, "refusals", "--code", "market_not_eligible", "--product", "CFQ7TTC0L3PB", "--position", p.latest.Position)
		assert.Equal(t, exitOK, code, out)
		assert.Regexp(t, `Anna[^\n]* CFQ7TTC0H9MP +IN +market_not_eligible +R05/R06 +start +KA-`, out)
	})
	t.Run("V10 Power BI may be bought in Brazil, Visio may not", func(t *testing.T) {
		for product, eligible := range map[string]string{powerBIPro: "true", visioPlan1: "false"} {
			out, code := p.kassa(anna, "eligibility", "explain", "--product", product, "--market", "BR", "--json")
			assert.Equal(t, exitOK, code, out)
			assert.Contains(t, out, `"eligible":`+eligible, product)
		}
	})
	t.Run("R20 a licence is asked for where it cannot be bought, and given", func(t *testing.T) {
		out, code := p.kassa(gail, "policy", "set", visioPlan1, "Disabled")
		require.Equal(t, exitOK, code, out)
		out, code = p.kassa(anna, "license-requests", "ask", "--product", visioPlan1, "--user", "anna@contoso.example", "--user", "omar@contoso.example", "--json")
		require.Equal(t, exitOK, code, out)
		var made v1.LicenseRequestChanged
		require.NoError(t, json.Unmarshal([]byte(out), &made), out)
		out, code = p.kassa(anna, "license-requests", "approve", made.RequestID, "--subscription", made.RequestID)
		assert.Equal(t, exitRefused, code)
		assert.Contains(t, out, "not_request_admin")
		bought := as[v1.Submitted](p, "gail@contoso.example", "checkout", "--product", visioPlan1, "--seats", "1", "--market", "SE", "--channel", "central")
		out, code = p.kassa(gail, "license-requests", "approve", made.RequestID, "--subscription", string(bought.SubscriptionID))
		assert.Equal(t, exitOK, code, out)
		assert.Regexp(t, `is approved\.\n  Anna[^\n]*: given\n  Omar[^\n]*: waiting \(no_seat\)\n$`, out)
		out, code = p.kassa(gail, "subscriptions", "seats", "add", "--subscription", string(bought.SubscriptionID), "--by", "1", "--json")
		require.Equal(t, exitOK, code, out)
		require.Eventually(t, func() bool {
			out, code = p.kassa(anna, "license-requests", "list", "--state", "completed")
			return code == exitOK && strings.Contains(out, "Omar Haddad: given")
		}, 20*time.Second, 50*time.Millisecond, "Kassa goes on by itself")
		out, code = p.kassa(gail, "policy", "request-process", "Ask in the portal.", "--link", "https://portal.contoso.example")
		assert.Equal(t, exitOK, code, out)
		out, code = p.kassa(anna, "license-requests", "ask", "--product", visioPlan1, "--json")
		assert.Equal(t, exitRefused, code)
		assert.Contains(t, out, "https://portal.contoso.example")
	})
	t.Run("whoever opens a product gets a licence", func(t *testing.T) {
		sync := p.token("sync@contoso.example")
		as[v1.Submitted](p, "gail@contoso.example", "checkout", "--product", powerBIPro, "--seats", "1", "--market", "SE", "--channel", "central")
		for _, c := range []struct {
			token string
			args  []string
			code  int
			says  string
		}{
			{gail, []string{"auto-claim", "show"}, exitOK, "Auto-claim is off."},
			{sync, []string{"auto-claim", "claim", powerBIPro}, exitRefused, "auto_claim_off"},
			{gail, []string{"auto-claim", "set", powerBIPro, visioPlan1}, exitOK, powerBIPro + ", then " + visioPlan1},
			{sync, []string{"auto-claim", "claim", powerBIPro}, exitOK, "You have a seat of " + powerBIPro},
			{sync, []string{"auto-claim", "claim", powerBIPro}, exitOK, ", as before."},
			{gail, []string{"auto-claim", "report", "--days", "7"}, exitOK, "auto_claim_off 1"},
			{gail, []string{"auto-claim", "off"}, exitOK, "Auto-claim is off."},
		} {
			out, code := p.kassa(c.token, c.args...)
			assert.Equal(t, c.code, code, "%v: %s", c.args, out)
			assert.Contains(t, out, c.says, "%v", c.args)
		}
	})
	t.Run("V14 a policy set by an older id holds for the newer", func(t *testing.T) {
		_, code := p.kassa(gail, "policy", "set", "CFQ7TTC0KP0N", "Disabled")
		assert.Equal(t, exitOK, code)
		out, code := p.kassa(gail, "policy", "get", "CFQ7TTC0LH3L")
		assert.Equal(t, exitOK, code)
		assert.Contains(t, out, "Disabled")
		out, code = p.kassa(anna, "checkout", "--product", "CFQ7TTC0LH3L", "--seats", "1", "--market", "US", "--card", "tok_visa", "--json")
		assert.Equal(t, exitRefused, code)
		assert.Contains(t, out, `"policy_disabled"`)
	})
	t.Run("a change may insist on what was seen", func(t *testing.T) {
		out, code := p.kassa(gail, "policy", "set", powerBIPro, "Enabled", "--seen=7", "--json")
		assert.Equal(t, exitRefused, code)
		assert.Contains(t, out, `"stale_revision"`)
	})
	t.Run("events, a CloudEvent a line", func(t *testing.T) {
		out, code := p.kassa(gail, "events", "tail", "--from", "start", "--limit", "3", "--json")
		require.Equal(t, exitOK, code, out)
		lines := strings.Split(strings.TrimSpace(out), "\n")
		require.Len(t, lines, 3)
		var last v1.CloudEvent
		for _, line := range lines {
			require.NoError(t, json.Unmarshal([]byte(line), &last, json.RejectUnknownMembers(true)))
			assert.Equal(t, "1.0", last.SpecVersion)
		}
		next, code := p.kassa(gail, "events", "tail", "--from", last.Position, "--limit", "1")
		assert.Equal(t, exitOK, code)
		assert.NotContains(t, next, last.Subject+"  "+last.Position)
	})
	t.Run("somebody who may not is refused", func(t *testing.T) {
		for _, args := range [][]string{{"products"}, {"views", "list"}, {"events", "tail"}, {"policy", "list"}, {"policy", "history"}, {"refusals"}, {"import", "catalogue", "testdata/empty.json"}} {
			out, code := p.kassa(anna, args...)
			assert.Equal(t, exitRefused, code, "%v: %s", args, out)
			assert.Contains(t, out, "Not allowed: ", "%v", args)
		}
	})
	t.Run("an answer that is not Kassa's", func(t *testing.T) {
		var errs bytes.Buffer
		code := run(t.Context(), []string{"--url", p.url + "/nowhere", "products"}, noEnv, io.Discard, &errs)
		assert.Equal(t, exitRefused, code)
		assert.Contains(t, errs.String(), "route_unknown")
	})
}
