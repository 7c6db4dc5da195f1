package client_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

// seen is a request as a server got it.
type seen struct{ key, body, position, language, token string }

// script answers requests one after the other and remembers them.
func script(t *testing.T, answers ...func(http.ResponseWriter)) (*client.Client, *[]seen) {
	var got []seen
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		got = append(got, seen{r.Header.Get("Idempotency-Key"), string(body), r.Header.Get("Kassa-Position"), r.Header.Get("Accept-Language"), r.Header.Get("Authorization")})
		answers[min(len(got), len(answers))-1](w)
	}))
	t.Cleanup(server.Close)
	return &client.Client{URL: server.URL, Token: "secret", Language: "sv", Position: 7}, &got
}

func busy(retryAfter string) func(http.ResponseWriter) {
	return problem(503, `{"title":"Unavailable","status":503,"detail":"Retry.","code":"store_unavailable"}`, retryAfter)
}

func problem(status int, body, retryAfter string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func fine(body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { _, _ = io.WriteString(w, body) }
}

func TestRetriesTheSameRequestUnderTheSameKey(t *testing.T) {
	c, got := script(t, busy("0"), busy("0"), fine(`{"status":"quoted"}`))
	out, err := c.Start(t.Context(), "", v1.StartPurchase{Quantity: 3})
	require.NoError(t, err)
	assert.Equal(t, "quoted", out.Status)
	require.Len(t, *got, 3)
	assert.NotEmpty(t, (*got)[0].key)
	assert.Equal(t, (*got)[0], (*got)[1])
	assert.Equal(t, (*got)[0], (*got)[2])
	assert.Equal(t, seen{(*got)[0].key, (*got)[0].body, "", "sv", "Bearer secret"}, (*got)[0], "a write asks for no position")

	_, err = c.Start(t.Context(), "mine", v1.StartPurchase{})
	require.NoError(t, err)
	assert.Equal(t, "mine", (*got)[3].key)
}

func TestGivesUp(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer func(http.ResponseWriter)
		sent   int
	}{
		{"after a number of tries", busy("0"), 1 + client.Retries},
		{"where the server does not expect another", busy(""), 1},
		{"at a refusal", problem(422, `{"status":422,"detail":"No.","code":"guest"}`, "0"), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			kassa, got := script(t, c.answer)
			_, err := kassa.Products(t.Context(), client.List{})
			assert.ErrorAs(t, err, new(*client.Error))
			assert.Len(t, *got, c.sent)
			assert.Equal(t, "7", (*got)[0].position)
		})
	}
}

func TestWaitsNoLongerThanItsCaller(t *testing.T) {
	c, _ := script(t, busy("3600"))
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	started := time.Now()
	_, err := c.Products(ctx, client.List{})
	assert.Error(t, err)
	assert.Less(t, time.Since(started), time.Second)
}

func TestErrorsKeepWhatWasSaid(t *testing.T) {
	const said = `{"status":403,"title":"Not allowed","detail":"Ask an administrator.","code":"not_admin","instance":"/v1/products"}`
	c, _ := script(t, problem(403, said, ""))
	_, err := c.Products(t.Context(), client.List{})
	e := (*client.Error)(nil)
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "not_admin", e.Code)
	assert.Equal(t, "Ask an administrator.", e.Error())
	assert.Equal(t, said, string(e.Raw))

	c, _ = script(t, problem(502, "<html>bad gateway</html>", ""))
	_, err = c.Products(t.Context(), client.List{})
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "unexpected_answer", e.Code)
	assert.Equal(t, 502, e.Status)
}

func TestStreams(t *testing.T) {
	c, _ := script(t, fine("{\"id\":\"1\", \"data\":{\"b\":1,\"a\":2}}\n{\"id\":\"2\"}\n{\"error\":{\"status\":503,\"code\":\"store_unavailable\",\"detail\":\"Retry.\"}}\n"))
	var lines []string
	var last error
	for line, err := range c.Events(t.Context(), client.Tail{}) {
		lines, last = append(lines, string(line)), err
	}
	assert.Equal(t, []string{`{"id":"1", "data":{"b":1,"a":2}}`, `{"id":"2"}`, ""}, lines, "byte for byte")
	e := (*client.Error)(nil)
	require.ErrorAs(t, last, &e)
	assert.Equal(t, "store_unavailable", e.Code)

	c, _ = script(t, fine("{\"view\":\"v\",\"events\":1}\n{\"view\":\"v\",\"report\":{\"view\":\"v\",\"rows\":4}}\n"))
	var told []v1.Progress
	report, err := c.Rebuild(t.Context(), "v", func(p v1.Progress) { told = append(told, p) })
	require.NoError(t, err)
	assert.EqualValues(t, 4, report.Rows)
	assert.Len(t, told, 1)

	c, _ = script(t, fine("{\"view\":\"v\",\"events\":1}\n"))
	_, err = c.Rebuild(t.Context(), "v", func(v1.Progress) {})
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF, "a stream that just ends is no success")
}

func TestNoAnswerAtAll(t *testing.T) {
	c := &client.Client{URL: "http://127.0.0.1:1"}
	_, err := c.Products(t.Context(), client.List{})
	require.ErrorIs(t, err, client.ErrUnreachable)
	assert.NotContains(t, err.Error(), "/v1/products", "once is enough")
}

func TestLimitsAreForTheServerToJudge(t *testing.T) {
	var asked string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.RawQuery
		_, _ = io.WriteString(w, "{}")
	}))
	defer server.Close()
	c := &client.Client{URL: server.URL}
	_, err := c.Products(t.Context(), client.List{Limit: -1})
	require.NoError(t, err)
	assert.Equal(t, "limit=-1", asked)
	_, err = c.Products(t.Context(), client.List{})
	require.NoError(t, err)
	assert.Empty(t, asked)
}

func TestUnreadyIsAnAnswer(t *testing.T) {
	c, got := script(t, problem(503, `{"status":"unready","reason":"relay: behind","parts":[]}`, "0"))
	h, err := c.Ready(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "relay: behind", h.Reason)
	assert.Len(t, *got, 1)
}
