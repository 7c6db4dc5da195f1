// Package commands carries out what people ask: it authorises, gathers the
// facts that a decision needs (price, policy, directory), lets the domain
// decide and appends what it concluded. There is one write path, run.
//
// A business rule must never live here (it belongs to domain), nor anything
// that knows HTTP, NATS or a read model. Decisions rest on streams only: a view
// may lag, so what comes from one is re-read here before it counts.
//
// Every command has an id that names one intent. Carrying it out again, also
// after a crash, also after the state has moved on, returns the first result.
package commands
