// Package subscription decides what may happen to bought seats: their term and
// who holds one. Its stream is "subscription-<id>". Seat capacity is decided
// here and nowhere else.
package subscription
