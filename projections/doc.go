// Package projections turns facts into the tables people look at. A Projection
// says which facts it hears and what each does to its rows; a Projector keeps
// every projection's rows and checkpoint in step with history, in one
// transaction, so that a fact has its effect exactly once however often it is
// delivered. Everything here can be deleted and is rebuilt from the event store.
//
// The read models themselves are in the package views. Nothing here may decide
// a business rule, append an event, or reach outside: a projection reads the
// fact and its own tables, never a clock, a network or another projection.
package projections
