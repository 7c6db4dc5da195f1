// Package journal keeps streams of events in one SQLite database: a single
// writer that commits in groups, readers that page, and the newest records in
// memory for whoever follows. It decides what an expected revision means; it
// must never know gRPC, nor what any event is about.
//
// # Life of a write
//
// Append, Delete and Tombstone queue a Write and wait. The writer takes
// everything that is queued, decides each write against the heads of its
// streams, inserts what was accepted and commits once with an fsync. Only then
// does it publish the records to followers and answer everybody: what was
// acknowledged, or refused, is so on disk.
//
// # When the disk fails
//
// A failed commit, fsync or read is never retried. The journal reports it on
// Failed, refuses every later write and leaves the rest to its owner, which
// should end the process: only reopening tells what is on disk.
package journal
