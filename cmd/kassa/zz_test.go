package main

import ("testing";"os")

func TestZZ(t *testing.T) {
	if c := run(t.Context(), []string{"bench", "--only", "month-end", "--subscriptions", "3000"}, noEnv, os.Stdout, os.Stderr); c != 0 { t.Fatal(c) }
}
