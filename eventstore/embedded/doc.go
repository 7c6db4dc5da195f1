// Package embedded serves the EventStoreDB gRPC protocol from one directory of
// this machine, so that a program written for an EventStoreDB cluster runs
// without one. It speaks streams, $all, subscriptions and stream metadata; the
// other services (persistent subscriptions, projections, users, operations)
// answer Unimplemented.
//
// It is a server like any other: clients reach it through its port, and it must
// never know what an event is about. Access control lists are stored and not
// obeyed, because nobody logs in: listen on loopback only.
//
// What works here works on a cluster: limits, refusals and their trailers are
// the real server's. Two promises are stronger. A repeated append with any
// expected revision is recognised for ever, not only while its ids are in a
// cache; and nothing is acknowledged before it is on disk.
package embedded
