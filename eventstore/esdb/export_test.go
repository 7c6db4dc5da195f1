package esdb

import "time"

// Hurry shortens what a Store waits for in all, so that tests need not.
func (s *Store) Hurry(patience time.Duration) { s.patience = patience }
