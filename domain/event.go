package domain

// Event is a fact that has happened. EventType is the name it is stored under,
// such as "purchase.completed.v1"; once released the name, and the JSON shape
// behind it, never change.
type Event interface{ EventType() string }
