package api_test

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	v1 "kassa/services/api/v1"
)

// follow opens an answer without an end and reads its first line.
func (h *house) follow(as string) *bufio.Reader {
	h.Helper()
	r, err := http.NewRequestWithContext(h.Context(), http.MethodGet, h.http.URL+"/v1/events?follow=true", nil)
	require.NoError(h, err)
	r.Header.Set("Authorization", "Bearer "+h.tokens[as])
	response, err := http.DefaultClient.Do(r)
	require.NoError(h, err)
	h.Cleanup(func() { _ = response.Body.Close() })
	lines := bufio.NewReader(response.Body)
	_, err = lines.ReadBytes('\n')
	require.NoError(h, err)
	return lines
}

func TestAStopEndsAnswersWithoutAnEnd(t *testing.T) {
	h := newHouse(t)
	stopping := make(chan struct{})
	h.Stopping = stopping
	lines := h.follow("gail@contoso.example")
	close(stopping)
	rest, err := io.ReadAll(lines)
	require.NoError(t, err, "a whole answer, not a broken one")
	assert.Contains(t, string(rest), `{"error":{"type":"/docs#stopping",`)
	assert.Contains(t, string(rest), `"code":"stopping"`)
	a := h.ask("operator", "POST", "/v1/views/purchases/rebuild", "")
	assert.NotContains(t, string(a.body), `"internal"`)
}

// A server that gives no answer any time at all shows which ones take theirs.
func TestLongAnswersTakeTheirTime(t *testing.T) {
	h := newHouse(t)
	handler, err := h.Handler()
	require.NoError(t, err)
	h.http = httptest.NewUnstartedServer(handler)
	h.http.Config.WriteTimeout = time.Nanosecond
	h.http.Start()
	t.Cleanup(h.http.Close)
	_, err = http.Get(h.http.URL + "/healthz")
	require.Error(t, err, "the limit is at work")
	h.follow("gail@contoso.example")
	assert.True(t, is[v1.Report](h.ask("operator", "POST", "/v1/views/purchases/verify", ""), 200).Equal)
	is[v1.Import](h.ask("operator", "POST", "/v1/imports/catalogue", "{}", "Content-Type", "application/json"), 200)
}
