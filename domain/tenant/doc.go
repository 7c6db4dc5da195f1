// Package tenant decides what is known of a directory: its kind, whether it is
// managed and what its governance keeps out (R07, R08, R19, R42). Its stream is
// "tenant-<id>".
package tenant
