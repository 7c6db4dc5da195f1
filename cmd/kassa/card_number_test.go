package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	v1 "kassa/services/api/v1"
)

// TestR13_ACardNumberIsNowhere hands a card's number in wherever Kassa takes
// words from a person. Each time it is refused, and afterwards it is in no store,
// view, message, ledger, key file or log.
func TestR13_ACardNumberIsNowhere(t *testing.T) {
	const anna, number = "anna@contoso.example", "4000056655665556"
	data := t.TempDir()
	p := start(t, data, "--demo")
	bought := as[v1.Submitted](p, anna, "checkout", "--product", powerBIPro, "--seats", "1", "--market", "US", "--card", "tok_visa")
	out, status := p.http(t, asked{as: anna, method: "POST", path: "/v1/purchases", body: order(powerBIPro, "US", 1)})
	require.Equal(t, 201, status, out)
	var quoted v1.Purchase
	require.NoError(t, json.Unmarshal([]byte(out), &quoted))
	subscription := "/v1/subscriptions/" + string(bought.SubscriptionID)
	for _, c := range []asked{
		{method: "POST", path: "/v1/purchases/" + string(quoted.PurchaseID) + "/submit", body: `{"card":%q,"acceptTerms":true}`},
		{method: "POST", path: "/v1/purchases/" + string(quoted.PurchaseID) + "/submit", body: `{"card":"tok_visa","termsVersion":%q,"acceptTerms":true}`},
		{method: "POST", path: "/v1/purchases", body: `{"productId":%q,"quantity":1,"market":"US"}`},
		{method: "POST", path: "/v1/home-realm", body: `{"email":%q}`},
		{method: "POST", path: subscription + "/seats", body: `{"delta":1,"card":%q}`},
		{method: "PUT", path: subscription + "/card", body: `{"card":%q}`},
		{method: "POST", path: subscription + "/pay", body: `{"card":%q}`},
		{method: "POST", path: subscription + "/reactivate", body: `{"card":%q}`},
		{method: "POST", path: subscription + "/cancel", body: `{"reason":%q}`},
		{method: "POST", path: subscription + "/licenses", body: `{"user":%q}`},
		{method: "GET", path: "/v1/purchases/" + number},
		{method: "GET", path: "/v1/bills?after=" + number},
		{method: "GET", path: "/v1/invoices/" + number},
		{method: "GET", path: "/v1/" + number},
	} {
		c.as = anna
		if c.method != "GET" {
			c.body = fmt.Sprintf(c.body, number)
		}
		out, status := p.http(t, c)
		assert.GreaterOrEqual(t, status, 400, "%s %s: %s", c.method, c.path, out)
		assert.Less(t, status, 500, "%s %s: %s", c.method, c.path, out)
	}
	key := asked{as: anna, method: "PUT", path: subscription + "/recurring-billing", body: `{"on":false}`, header: map[string]string{"Idempotency-Key": number}}
	out, status = p.http(t, key)
	require.Equal(t, 200, status, "a key may be any words: %s", out)
	said := asked{as: anna, method: "POST", path: subscription + "/cancel", body: `{"reason":"other","feedback":"` + number + `"}`}
	out, status = p.http(t, said)
	require.Equal(t, 200, status, "and so may what somebody writes: it is sealed: %s", out)
	p.head(t)
	p.stop()

	logs := p.logs.String()
	assert.False(t, strings.Contains(logs, number), "the log")
	assert.True(t, strings.Contains(logs, "POST /v1/purchases/{id}/submit"), "or nothing is logged at all")
	files, bytesRead := 0, 0
	require.NoError(t, filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		files, bytesRead = files+1, bytesRead+len(content)
		assert.False(t, bytes.Contains(content, []byte(number)), "%s", path)
		return err
	}))
	assert.Greater(t, files, 20, "events, messages, views, vault, payments and identity")
	assert.Greater(t, bytesRead, 1<<20)
}
