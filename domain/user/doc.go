// Package user decides what is known of a person in a directory. Names and
// addresses are sealed before they come here. Its stream is
// "user-<tenant>-<person>".
package user
