// Package durable keeps the small truths that a service owns beside the event
// store: a SQLite file of which every acknowledged transaction survives a power
// cut, and a secret that is made once. One process at a time may hold such a
// file. Rebuildable tables belong to projections, facts to eventstore, and
// nothing here knows what it keeps.
package durable
