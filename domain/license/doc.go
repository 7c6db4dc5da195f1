// Package license decides what may happen to one person's licence of one
// subscription. Its stream is "license-<subscription>-<person>", so that one
// seat a person holds by identity.
package license
