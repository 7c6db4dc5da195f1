// Package demo is a small world to try Kassa in: a catalogue with real product
// ids, a directory with every kind of tenant and person, and purchases for
// somebody to make. The first two are files in the import format; none of it
// reaches the store but through commands. The prices are invented. Nothing in
// here may be needed by a Kassa that runs without --demo.
package demo
