// Package domain holds the words of self-service purchase: money, identities,
// facts, verdicts and refusals. It decides; it never acts. Nothing below this
// directory reads a clock, a network, a database or a context: whatever a
// decision needs arrives inside the command, and whatever it concludes leaves
// as events.
//
// Each aggregate is a package of its own (purchase, subscription, license, …)
// whose only door is its Decider. Aggregates never import each other: what two
// of them must say lives here.
package domain
