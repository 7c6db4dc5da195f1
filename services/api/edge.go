package api

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/go-json-experiment/json"

	v1 "kassa/services/api/v1"
)

// edge wraps every request: it logs, recovers from panics and sets the headers
// that keep browsers from doing harm.
func (s *Server) edge(next *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		seen := &recorder{ResponseWriter: w, before: s.acknowledged.note}
		defer func() {
			if cause := recover(); cause != nil {
				s.panicked(seen, r, cause)
			}
			s.logRequest(r, seen.status, time.Since(started))
		}()
		harden(w.Header())
		if _, pattern := next.Handler(r); pattern == "" {
			s.lost(seen, r, next)
			return
		}
		next.ServeHTTP(seen, r)
	})
}

func harden(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept-Language")
}

// logRequest names the route, never the path: a path may hold an address.
func (s *Server) logRequest(r *http.Request, status int, took time.Duration) {
	s.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
		slog.String("method", r.Method), slog.String("route", r.Pattern),
		slog.Int("status", status), slog.Duration("took", took))
}

func (s *Server) panicked(w *recorder, r *http.Request, cause any) {
	s.Log.ErrorContext(r.Context(), "panic", "route", r.Pattern, "cause", cause, "stack", string(debug.Stack()))
	if w.status != 0 {
		panic(http.ErrAbortHandler) // half an answer is out: end the connection rather than pretend
	}
	write(w, r, problemOf(errInternal))
}

// lost answers for addresses and methods that no route takes. The mux is asked
// for the difference; its plain-text answer is not sent.
func (s *Server) lost(w http.ResponseWriter, r *http.Request, next *http.ServeMux) {
	probe := &discard{header: http.Header{}}
	next.ServeHTTP(probe, r)
	if probe.status != http.StatusMethodNotAllowed {
		write(w, r, problemOf(errRouteUnknown))
		return
	}
	w.Header()["Allow"] = probe.header["Allow"]
	write(w, r, problemOf(errMethodNotAllowed))
}

// write answers with a problem outside huma's reach.
func write(w http.ResponseWriter, r *http.Request, p *v1.Problem) {
	h := w.Header()
	for name, values := range headersOf(p) {
		h[name] = values
	}
	p.Instance = r.URL.Path
	h.Set("Content-Language", localise(p, r.Header.Get("Accept-Language")))
	h.Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.MarshalWrite(w, p) // a caller who has gone needs no answer
}

// recorder remembers the status for the log, and looks at an answer's header
// before it is sent.
type recorder struct {
	http.ResponseWriter
	before func(http.Header)
	status int
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.before(r.Header())
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.before(r.Header())
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// discard takes an answer that nobody gets to see.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }
