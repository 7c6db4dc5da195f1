package main

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestR03_AScriptPointedAtKassa turns every product off as administrators'
// scripts do, by what the compatible service lists, and a person cannot buy.
func TestR03_AScriptPointedAtKassa(t *testing.T) {
	p := start(t, t.TempDir(), "--demo")
	const anna, products = "anna@contoso.example", "/v1.0/policies/AllowSelfServicePurchase/products"
	bill := p.token("bill@contoso.example")
	script := func(method, path, body string) string {
		r, err := http.NewRequestWithContext(t.Context(), method, p.url+path, strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+bill)
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer answer.Body.Close()
		b, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.Equal(t, 200, answer.StatusCode, "%s", b)
		return string(b)
	}
	listed := strings.Split(script("GET", products, ""), `"productId":"`)[1:]
	require.Greater(t, len(listed), 20)
	for _, item := range listed {
		id, _, _ := strings.Cut(item, `"`)
		assert.Contains(t, script("PUT", products+"/"+id, `{"policyValue":"Disabled"}`), `"policyValue":"Disabled"`)
	}
	assert.NotContains(t, script("GET", products, ""), `"Enabled"`)
	out, code := p.kassa(p.token(anna), "checkout", "--product", powerBIPro, "--seats", "1", "--market", "US", "--card", "tok_visa", "--json")
	assert.Equal(t, exitRefused, code)
	assert.Contains(t, out, `"policy_disabled"`)
}
