// Package purchase decides what may happen to one checkout and its order, from
// the first question to the subscription. Its stream is "purchase-<id>".
package purchase
